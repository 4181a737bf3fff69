#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# README.md tells the truth. In its ```console blocks, each line "$ command" is run, in order
# and in one folder, with the weir just built; the lines after it are compared with what it
# prints. Numbers may differ, with their units; a line "..." stands for any lines.
# Commands that start with ./, sudo, make or git are for the reader's own machine and are not run. The reader's service is
# examples/leak/server.js, and its folder is called /srv/app.

load repo
. "$WEIR_SRCDIR/scripts/readme.bash"

@test "README.md shows what its commands print" {
  [ -x "$WEIR_BUILDDIR/weir" ] || skip "this build has no weir"
  node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' ||
    skip "the tour is of Node 20 or later"
  cd "$BATS_TEST_TMPDIR"
  mkdir home run
  cp "$WEIR_SRCDIR/examples/leak/server.js" .
  command="" ran=0
  : >expected
  readme_console "$WEIR_SRCDIR/README.md" >lines
  while IFS= read -r line; do
    if [[ $line != '$ '* ]]; then
      echo "$line" >>expected
      continue
    fi
    if [[ -n $command && ! $command =~ ^(\./|sudo |make |git ) ]]; then
      env -i HOME="$PWD/home" XDG_RUNTIME_DIR="$PWD/run" \
        PATH="$WEIR_BUILDDIR:$PATH" SRC="$WEIR_SRCDIR" \
        bash -c "$command" >printed 2>&1 </dev/null 3>&- || echo "(status $?)"
      ran=$((ran + 1))
      sed -i "s|$PWD|/srv/app|g" printed
      readme_agrees expected printed || {
        echo "\$ $command"
        return 1
      }
    fi
    command=${line#\$ }
    : >expected
  done <lines
  [ $ran -ge 10 ]
}

@test "the C program in README.md compiles, and prints what it says" {
  library=$WEIR_BUILDDIR/libweir.a
  [ -e "$library" ] || skip "this build has no libweir"
  cd "$BATS_TEST_TMPDIR"
  sed -n '/^```c$/,/^```$/p' "$WEIR_SRCDIR/README.md" | sed '/^```/d' >program.c
  gcc -std=c11 -Wall -Wextra -Werror -I"$WEIR_SRCDIR/include" program.c "$library" \
    -pthread -o program
  [ "$(./program)" = "$(sed -nE 's|.*/\* ([0-9a-f]+) \*/.*|\1|p' program.c)" ]
}

@test "the pictures in README.md are of today's report and today's top, and small" {
  cd "$WEIR_SRCDIR/doc"
  [ "$(cat ../tools/view/report/report.html ../tools/view/report/report.css | sha256sum | cut -d' ' -f1)" = "$(cat report.sum)" ] || {
    echo "the report has another layout than doc/report.png: run scripts/pictures"
    return 1
  }
  [ "$(stat -L -c %s report.png)" -le 120000 ]
  [ "$(stat -L -c %s top.svg)" -le 8000 ]
  grep -q 'doc/report.png' ../README.md
  grep -q 'doc/top.svg' ../README.md
  [ -x "$WEIR_BUILDDIR/weir" ] || skip "this build has no weir"
  cd "$BATS_TEST_TMPDIR"
  "$WEIR_BUILDDIR/weir" run --stats="$PWD/a.weir" -- perl -e 'my $x = "x" x 5000000; sleep 1' 3>&-
  COLUMNS=150 "$WEIR_BUILDDIR/weir" top --once a.weir >top
  for heading in LIVE SIZE; do
    row=$(grep "^[ *]*$heading " top)
    sed 's/&#160;/ /g' "$WEIR_SRCDIR/doc/top.svg" | grep -qF ">$row<" || {
      echo "not in doc/top.svg: $row; run scripts/pictures"
      return 1
    }
  done
}

@test "the bars in README.md are of the figures in its table" {
  command -v node >/dev/null || skip "no node here"
  cd "$WEIR_SRCDIR"
  grep -q 'doc/bench.svg' README.md
  scripts/bench-chart doc/bench.json | diff - doc/bench.svg
  node -e '
    const { summary } = JSON.parse(fs.readFileSync("doc/bench.json"));
    const names = { glibc: /^glibc$/, trim1s: /^glibc, `malloc_trim/, tcmalloc: /^tcmalloc$/, weir: /^weir$/ };
    const table = fs.readFileSync("README.md", "utf8").split("\n").filter((line) => line.startsWith("| "))
      .map((line) => line.split("|").map((cell) => cell.trim()).slice(1, -1));
    for (const [peer, name] of Object.entries(names)) {
      const row = table.find((cells) => name.test(cells[0]));
      const rows = Object.values(summary).map((program) => program[peer]);
      const said = [row[1], row[4]].join("; ");
      const shown = [rows.map((r) => r.ratios.cpu_seconds.toFixed(2)), rows.map((r) => String(r.medians.rss_idle))]
        .map((list) => list.join(", ")).join("; ");
      if (said !== shown)
        throw new Error(`${peer}: README.md says ${said}, the picture shows ${shown}`);
    }'
}
