#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# `weir report`: the page of the story of trace_story.c, and what becomes of its output file. With
# chromium the page is opened and its charts are looked for; it is too large to be installed for that.

load tools

setup() {
  own_environment
  MAKE_TRACE=$WEIR_BUILDDIR/tests/tools/make_trace
}

# page [NAME=VALUE...]: page.html of the story, changed so.
page() {
  "$MAKE_TRACE" story.weir "$@"
  "$WEIR" report story.weir -o page.html
  output=$(cat page.html)
}

# The page is too long to be shown when something is not in it.
has() {
  [[ $output == *"$1"* ]] || {
    echo "no \"$1\" in the page"
    return 1
  }
}

lacks() {
  [[ $output != *"$1"* ]] || {
    echo "\"$1\" is in the page"
    return 1
  }
}

# The n-th <script> of the page: 1 its data, 2 its code.
script_of() {
  awk -v part="$1" '/^<script nonce=/ { on = ++n == part; next }
    /^<\/script>/ { on = 0 } on' page.html
}

# opened [OPTION...]: what chromium makes of page.html, in $output.
opened() {
  command -v chromium >/dev/null || skip "no chromium to open the page with"
  timeout 60 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$PWD/chromium" \
    "$@" --dump-dom "file://$PWD/page.html" >dom.html 2>chromium.log 3>&- ||
    skip "chromium does not start here: $(tail -n 1 chromium.log)"
  output=$(cat dom.html)
}

# Code to run in the page once it is drawn; document.title tells what it found.
in_the_page() {
  awk -v code="$1" '/^}\)\(\);$/ { print code } { print }' page.html >changed.html
  mv changed.html page.html
}

@test "the findings say what grows, which line, what it means, until when, what next" {
  page
  has "Memory grows: some lines hold more and more, by 1.3 MB a second."
  has "At that pace the limit of 512 MB would be reached in 3 min 29 s."
  has '<span class="code">remember leak.mjs:12:15</span> holds 119 MB in 476 blocks'
  has "held: grows, and what it allocates survives garbage collections"
  has "next: something keeps a reference"
  has '<li class="good"><strong><span class="code">handle server.mjs:40:9</span>: 28 MB live, gc-lag.'
  has 'put cache.mjs:7:20</span>: 20 MB live, plateau.'
}

@test "the page has the tables, the stacks, and how the process was run" {
  page drop.busy=7
  [[ $output =~ "V8&#39;s heap in use"|"V8's heap in use" ]]
  has '<td data-label="Live" data-v="124780544">119 MB</td>'
  has '<td data-label="Verdict" class="l"><span class="verdict">plateau</span></td>'
  has '<li class="blamed">remember leak.mjs:12:15</li>'
  has '<td data-label="Reused" data-v="0.80000000000000004">80.0 %</td>'
  has "Sizes that were asked for"
  has "<dt>Frames are read</dt><dd>by tier &quot;v8&quot;"
  has "floor 128 KB, threshold 10 MB"
  has "<li>who asked for a block, when too many did at once (7)</li>"
}

@test "the page asks nothing of the network and lets nothing be added to it" {
  page
  [ "$(grep -cE "https?:|//[a-z]+\.|<link|<img|<iframe|@import|url\(" page.html)" -eq \
    "$(grep -c 'http://www.w3.org/2000/svg' page.html)" ]
  has "default-src 'none'"
  nonces=$(grep -oE "nonce[-=]\"?[0-9a-f]{32}" page.html | grep -oE '[0-9a-f]{32}' | sort -u)
  [ "$(wc -l <<<"$nonces")" -eq 1 ]
  first=$nonces
  page
  lacks "$first"
}

@test "the page's script is JavaScript, and its data JSON" {
  command -v node || skip "no node"
  page
  script_of 2 >page.js
  [ "$(wc -l <page.js)" -gt 100 ]
  node --check page.js
  script_of 1 | node -e '
    const d = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const assert = require("assert");
    assert.equal(d.times.length, 120);
    assert.equal(d.memory.length, 4);
    for (const line of [...d.memory, ...d.sites]) assert.equal(line.v.length, d.times.length);
    assert.equal(d.sites[0].name, "remember leak.mjs:12:15");
    assert.equal(d.sites[0].v.at(-1), 119 * 1048576);
    assert.deepEqual(d.marks.map((m) => m.label), ["before", "after"]);
    assert.equal(d.gcs.length, 11);
    for (const s of d.stacks) for (const f of s.f) assert(d.frames[f].n !== "");
    const live = d.stacks.reduce((sum, s) => sum + s.live, 0);
    for (const row of [0, 119])
      assert.equal(d.sites.reduce((sum, s) => sum + s.v[row], 0), d.memory[1].v[row]);
    assert(live <= d.memory[1].v.at(-1));'
}

@test "names from the file are text, whatever they hold" {
  page root='/</script><script>document.title=1</script><img src=x onerror=a()>"&'"'" \
    runtime='<b>node</b>'
  lacks "<img"
  lacks "<b>"
  lacks "<script>document"
  has '/&lt;/script&gt;&lt;script&gt;document.title=1&lt;/script&gt;&lt;img src=x onerror=a()&gt;&quot;&amp;&#39;/</span>'
  has '<span class="code">remember leak.mjs:12:15</span>'
  has '&lt;b&gt;node&lt;/b&gt;'
  [ "$(grep -c '</script>' page.html)" -eq 2 ]
  page root=$'/a\x1b[2J\xe2\x80\xaeb\xff'
  has 'below <span class="code">/a\x1b[2J\xe2\x80\xaeb\xff/</span>'
  "$MAKE_SIDECAR" old.weir exe='<i>"x'
  "$WEIR" report old.weir -o page.html
  output=$(cat page.html)
  lacks "<i>"
  has '&lt;i&gt;&quot;x, process'
}

@test "a sidecar without a trace still has its page, which says what is missing" {
  page trace=0
  has "Which lines allocated them was not recorded."
  has "<li>Who allocated: no trace in it"
  has "Sizes that were used"
  lacks "leak.mjs"
  "$MAKE_SIDECAR" old.weir
  run -0 "$WEIR" report old.weir -o old.html
  run -0 cat old.html
  has "There is no record over time"
  has "</html>"
}

@test "chromium draws the charts, and runs nothing of a name" {
  page root='/</script><script>document.title="owned"</script><img src=x onerror=document.title="owned">'
  opened
  lacks "<title>owned</title>"
  [ "$(grep -o 'class="area"' dom.html | wc -l)" -eq 6 ]
  [ "$(grep -o 'class="line"' dom.html | wc -l)" -eq 4 ]
  [ "$(grep -o 'role="slider"' dom.html | wc -l)" -eq 2 ]
  [ "$(grep -o 'role="treeitem"' dom.html | wc -l)" -ge 5 ]
  has 'aria-valuetext="1 min 59 s: RSS 248.3 MB'
  # Beside the table's V8's heap, which is what is resident.
  has "<span>V8's heap in use</span>"
  [ "$(grep -c '<button type="button">' dom.html)" -ge 1 ]
}

@test "chromium: nothing is wider than a phone, in light and dark" {
  page root=/a/long/path/that/does/not/end/soon/at/all/and/goes/on/for/ever
  in_the_page 'document.title = "wide " + document.documentElement.scrollWidth;'
  for scheme in 0 1; do
    opened --window-size=360,800 --blink-settings=preferredColorScheme=$scheme
    width=$(sed -nE 's|.*<title>wide ([0-9]+)</title>.*|\1|p' dom.html)
    [ "$width" -le 500 ]
  done
}

@test "chromium: charts, flame view and tables answer to keys" {
  page
  in_the_page '
    const seen = [];
    const key = (e, name) =>
      e.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
    const all = (what) => [...document.querySelectorAll(what)];
    const sliders = all("[role=slider]");
    key(sliders[0], "ArrowLeft");
    seen.push(sliders.map((s) => s.getAttribute("aria-valuenow")).join());
    key(sliders[1], "Home");
    seen.push(sliders[0].getAttribute("aria-valuetext"));
    all("[role=treeitem]")[0].focus();
    key(document.activeElement, "ArrowDown");
    const first = document.activeElement;
    seen.push(first.textContent);
    key(first, "Enter");
    seen.push(first.isConnected, document.activeElement.style.width === all(".above")[0].style.width);
    key(document.activeElement, "Escape");
    seen.push(all(".above").length, all(`[role=treeitem][tabindex="0"]`).length);
    const sites = document.querySelector("table.cards");
    const order = () => sites.tBodies[0].rows[0].cells[0].textContent;
    const allocated = sites.tHead.rows[0].cells[6].querySelector("button");
    allocated.click();
    seen.push(order(), allocated.parentElement.getAttribute("aria-sort"));
    allocated.click();
    seen.push(order());
    document.title = seen.join("|");'
  opened
  has "<title>118,118|0 s: RSS "
  has "|tick leak.mjs:30:3|false|true|0|1|handle server.mjs:40:9|descending|start server.mjs:55:3</title>"
}

@test "the page of a process that runs" {
  sleep 60 3>&- &
  guest=$!
  "$MAKE_TRACE" "$FOLDER/$guest-$(start_ticks $guest).weir" pid=$guest \
    start="$(start_ticks $guest)" state=1 now=1
  run -0 "$WEIR" report -o - $guest
  kill $guest
  has "node, process $guest</h1>"
  has "running; RSS "
}

@test "the output file appears whole or not at all" {
  "$MAKE_TRACE" story.weir
  echo precious >page.html
  ln -s page.html link.html
  run -1 "$WEIR" report nothing.weir -o page.html
  [ "$(cat page.html)" = precious ]
  "$WEIR" report story.weir -o link.html
  [ -L link.html ]
  grep -q '</html>' page.html
  # It has lines of source: nobody else reads it, unless the file of before was for others.
  (umask 022 && "$WEIR" report story.weir --output=new.html)
  [ "$(stat -c %a new.html)" = 600 ]
  chmod 640 new.html
  "$WEIR" report story.weir --output=new.html
  [ "$(stat -c %a new.html)" = 640 ]
  "$WEIR" report story.weir -o - >stdout.html
  "$WEIR" report story.weir -o - | cat >dash.html
  "$WEIR" report story.weir -o /dev/stdout >device.html
  for f in stdout dash device; do
    [ "$(tail -n 1 $f.html)" = "</html>" ]
  done
  [ "$(find . -name '*.html.*' | wc -l)" -eq 0 ]
}

@test "what cannot be written or shown is an error" {
  "$MAKE_TRACE" story.weir
  run -1 "$WEIR" report story.weir -o missing/page.html
  has "missing/page.html: cannot be written: No such file or directory"
  mkdir folder
  run -1 "$WEIR" report story.weir -o folder
  has "folder: cannot be written: Is a directory"
  run -1 "$WEIR" report story.weir -o /dev/full
  has "/dev/full: cannot be written: No space left on device"
  run -1 bash -c '"$WEIR" report story.weir -o - >/dev/full'
  has "No space left on device"
  run -2 "$WEIR" report a b
  run -2 "$WEIR" report story.weir -o
  has "-o needs a file"
  run -2 "$WEIR" report --json story.weir
  run -1 "$WEIR" report 999999999
  has "there is no process 999999999"
}

@test "without -o the page has a name of its own, wherever the output goes, and that name is the output" {
  "$MAKE_TRACE" story.weir
  name=$("$WEIR" report story.weir | cat)
  [[ $name == weir-report-*-*.html ]]
  grep -q '</html>' "$name"
  rm "$name"
  # Who redirects the output may have wanted the page there.
  run -0 --separate-stderr bash -c '"$WEIR" report story.weir >page.html'
  [ "$(cat page.html)" = "$name" ]
  [[ $stderr == "weir: note: the page is in $name; -o - prints it" ]]
  [ -s "$name" ]
}

@test "--open writes the page and shows it; without a browser it says where the page is" {
  "$MAKE_TRACE" story.weir
  mkdir bin
  printf '#!/bin/sh\necho "$1" >>opened\n' >bin/xdg-open
  chmod +x bin/xdg-open
  PATH=$PWD/bin:$PATH run "$WEIR" report --open -o shown.html story.weir
  [ "$status" -eq 0 ]
  [ "$(cat opened)" = "$PWD/shown.html" ]
  PATH=$PWD/bin:$PATH run "$WEIR" report --open story.weir
  [ "$status" -eq 0 ]
  [ "$(tail -n 1 opened)" = "$PWD/$(ls weir-report-*.html)" ]
  printf '#!/bin/sh\nexit 3\n' >bin/xdg-open
  PATH=$PWD/bin:$PATH run "$WEIR" report --open -o shown.html story.weir
  [ "$status" -eq 0 ]
  has "no browser could be opened (xdg-open); the page is file://$PWD/shown.html"
}

@test "advice is commands that can be copied, of what can be done now" {
  page
  has '<div class="command"><code>weir snap PID before; sleep 60; weir snap PID after</code>'
  has ', in the next run:'
  lacks 'let it run on'
  lacks "growth FILE"
}

@test "sites that hold nothing are folded, and paths begin at the folder of the program" {
  page
  has 'paths are below <span class="code">/app/</span>'
  lacks '<td data-label="Live" data-v="0">'
}

@test "objects that pile up are no good news before it is known whether they are garbage" {
  [ -e "$WEIR_BUILDDIR/libweir_preload.so" ] || skip "this build has no shim"
  command -v node || skip "no node here"
  cat >objects.js <<'JS'
const held = [Buffer.alloc(2e6, 1)];
for (let i = 0; i < 1e6; i++) held.push({ i });
const more = setInterval(() => { for (let i = 0; i < 1e5; i++) held.push({ i, at: [i] }); }, 100);
setTimeout(() => { clearInterval(more); process.kill(process.pid, 'SIGKILL'); }, 4000);
JS
  run "$WEIR" run --stats="$PWD/objects.weir" -- node objects.js 3>&-
  run -0 "$WEIR" report -o page.html objects.weir
  first=$(grep -m 1 '<li class=' page.html)
  echo "$first"
  [[ $first == *'<li class="'* && $first != *'class="good"'* ]]
}
