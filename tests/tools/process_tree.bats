#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Processes that belong together: `weir run -- npm start` is a tree of them, and its largest is the one that is meant.

bats_require_minimum_version 1.5.0
load tools

setup() {
  [ -e "$WEIR_BUILDDIR/libweir_preload.so" ] || skip "this build has no shim"
  command -v node || skip "no node here"
  own_environment
  cat >parent.js <<'JS'
const { spawn } = require('child_process');
const held = Buffer.alloc(2e7, 1);
// Through a shell, which has no sidecar.
for (const size of ['3e7', '9e7'])
  spawn('sh', ['-c', `node child.js ${size} secret; :`], { stdio: ['pipe', 'inherit', 'inherit'] });
setTimeout(() => {}, Number(process.argv[2] ?? 0), held);
JS
  cat >child.js <<'JS'
const held = Buffer.alloc(Number(process.argv[2]), 1);
console.log('up');
if (process.env.STAY)
  process.stdin.resume();
JS
}

# until_true COMMAND...: within half a minute.
until_true() {
  local _
  for _ in {1..300}; do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  return 1
}

all_three() {
  [ "$("$WEIR" stat 2>/dev/null | grep -c ' running .*node ')" -eq 3 ] && [ "$(grep -c up up)" -eq 2 ]
}

# Once it is the largest by what the sidecars say.
child_is_taken() {
  "$WEIR" growth --stacks=0 2>/dev/null | grep -q '^node child.js, pid '
}

@test "the summary names the processes that it started, by script, also through a shell" {
  run -0 "$WEIR" run --summary -- node parent.js 3>&-
  has "It started 2 processes with sidecars of their own:"
  [[ $output =~ "  weir growth "([0-9]+)" "+"# node child.js, peak RSS "[0-9.]+" MB" ]]
  lacks "secret"
  run -0 "$WEIR" stat "${BASH_REMATCH[1]}"
  has "started as node child.js"
  run -0 "$WEIR" run --summary -- node -e 'Buffer.alloc(5e6)' 3>&-
  lacks "It started"
}

@test "a Node that has another name is named with its script, by that name" {
  ln -s "$(readlink -f "$(command -v node)")" exe
  run -0 "$WEIR" run --stats="$PWD/named.weir" -- ./exe child.js 3e7 secret 3>&-
  run -0 "$WEIR" growth --stacks=0 named.weir
  [[ $output == "exe child.js, pid "* ]]
  lacks "secret"
  run -0 "$WEIR" stat named.weir
  has "started as exe child.js"
  PATH=$PWD:$PATH run -0 "$WEIR" run --stats="$PWD/named.weir" -- "$PWD/exe" child.js 3e7 3>&-
  run -0 "$WEIR" growth --stacks=0 named.weir
  [[ $output =~ ^"exe child.js, pid "[0-9]+", $PWD/exe (node" ]]
}

@test "a script is named whatever options and loaders stand before it; npm by what it runs" {
  : >loader-with-a-rather-long-name-as-the-loaders-of-packages-have-them.cjs
  run -0 "$WEIR" run --stats="$PWD/named.weir" -- node --max-old-space-size=512 --conditions=secret \
    --require "$PWD/loader-with-a-rather-long-name-as-the-loaders-of-packages-have-them.cjs" \
    --require "$PWD/./loader-with-a-rather-long-name-as-the-loaders-of-packages-have-them.cjs" child.js 3e7 3>&-
  run -0 "$WEIR" growth --stacks=0 named.weir
  [[ $output == "node child.js, pid "* ]]
  lacks "secret"
  [ "$(grep -c secret named.weir)" -eq 0 ]
  # npm's first title is one word.
  cat >titled.js <<'JS'
process.title = 'npm';
const held = Buffer.alloc(2e7, 1);
setTimeout(() => { process.title = 'npm start'; }, 1500);
setTimeout(() => Buffer.alloc(3e7, 1), 2000);
setTimeout(() => {}, 2500, held);
JS
  run -0 "$WEIR" run --stats="$PWD/titled.weir" -- node titled.js a-word-to-make-room 3>&-
  run -0 "$WEIR" growth --stacks=0 titled.weir
  [[ $output == "npm start, pid "* ]]
}

@test "a title that is written when the sidecar is there already names the script, as under pm2; one of a word does not" {
  cat >Container.js <<'JS'
const held = Buffer.alloc(2e7, 1);
setTimeout(() => { process.title = process.argv[2]; }, 1500);
setTimeout(() => Buffer.alloc(3e7, 1), 2000);
setTimeout(() => {}, 2500, held);
JS
  run -0 "$WEIR" run --stats="$PWD/titled.weir" -- node Container.js "node $PWD/server.js" 3>&-
  run -0 "$WEIR" growth --stacks=0 titled.weir
  [[ $output == "node server.js, pid "* ]]
  run -0 "$WEIR" run --stats="$PWD/titled.weir" -- node Container.js api 3>&-
  run -0 "$WEIR" growth --stacks=0 titled.weir
  [[ $output == "node Container.js, pid "* ]]
}

@test "a script is named in letters beyond ASCII too" {
  mkdir josé
  cp child.js josé/größe.js
  run -0 "$WEIR" run --stats="$PWD/named.weir" -- node josé/größe.js 3e7 secret 3>&-
  run -0 "$WEIR" growth --stacks=0 named.weir
  [[ $output == "node josé/größe.js, pid "* ]]
}

@test "a file that node --test runs is named, whatever options it is handed" {
  echo "require('node:test')('grows', () => { globalThis.held = Buffer.alloc(2e7, 1); });" >leak.test.js
  run -0 "$WEIR" run --summary -- node --test leak.test.js 3>&-
  [[ $output =~ "  weir growth "[0-9]+" "+"# node leak.test.js, peak RSS " ]]
}

@test "a tree that runs is listed as one, and without an argument its largest process is taken" {
  STAY=1 "$WEIR" run -- node parent.js 60000 >up 3>&- &
  parent=$!
  until_true all_three
  run -0 "$WEIR" stat
  [[ ${lines[1]} =~ ^" "*$parent\ .*" node parent.js"$ ]]
  [[ ${lines[2]} =~ "    node child.js"$ && ${lines[3]} =~ "    node child.js"$ ]]
  run -0 "$WEIR" stat --json "$parent"
  jq -e '.name == "node parent.js" and (.ancestors | length >= 1)' <<<"$output"
  until_true child_is_taken
  run -0 --separate-stderr "$WEIR" growth --stacks=0
  [[ $output == "node child.js, pid "* ]]
  [[ $stderr == *"note: growth: process "*", node child.js, is the largest of 3 that belong together"* ]]
  # Whoever asks of one is told of those that it started, if they are larger; of one without a sidecar, of all.
  run -0 "$WEIR" growth "$parent"
  has "it started 2 processes under weir, larger than it:"
  [[ $output =~ "  weir growth "[0-9]+" "+"# node child.js, "[0-9.]+" MB resident" ]]
  run -0 "$WEIR" growth
  lacks "it started"
  shell=$(tr ' ' '\n' <"/proc/$parent/task/$parent/children" | head -n 1)
  run -1 "$WEIR" growth "$shell"
  has "process $shell has no sidecar: "
  has "it started 1 process under weir:"
  # Another one beside it: nothing is obvious.
  "$WEIR" run -- node -e 'const held = Buffer.alloc(2e7, 1); console.log("up"); setTimeout(() => {}, 60000, held)' >other 3>&- &
  other=$!
  until_true "$WEIR" stat $other
  run -1 "$WEIR" growth
  has "4 processes under weir run here; which one?"
  [[ $output =~ "  weir growth $parent "+"# node parent.js, "[0-9.]+" MB resident" ]]
  has " # node -e"
  kill $other $parent
  wait $other $parent || true
}

@test "the pid of weir run --summary stands for its program" {
  "$WEIR" run --summary -- node -e 'const held = Buffer.alloc(8e7, 1); setTimeout(() => {}, 60000, held)' >/dev/null 2>&1 3>&- &
  outer=$!
  until_true "$WEIR" stat $outer
  child=$(tr -d ' ' <"/proc/$outer/task/$outer/children")
  run -0 "$WEIR" stat $outer
  has "process   $child, running: "
  run -0 "$WEIR" doctor $outer
  has "weir is at work in this process"
  kill "$child"
  wait $outer || true
}
