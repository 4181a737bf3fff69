#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# weir attach --through=inspector: into a Node without ptrace, and what is not sent a signal.

load runtimes

bats_require_minimum_version 1.5.0

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  use node
  port=$("$exe" -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
  cat >holds.cjs <<'JS'
const held = [];
function hold() {
  held.push(Buffer.alloc(200000, 1));
  if (held.length > 400) held.length = 0;
}
setInterval(hold, 10);
console.log('ready');
process.on('SIGTERM', () => process.exit(6));
JS
}

teardown() {
  [ -z "${pid:-}" ] || kill -9 "$pid" 2>/dev/null || true
}

await_that() {
  for _ in $(seq 600); do
    ! "$@" >/dev/null 2>&1 || return 0
    sleep 0.1
  done
  echo "in vain: $*"
  return 1
}

# start COMMAND...: waits until it says that it is ready; its number is $pid.
start() {
  "$@" >started 2>errors </dev/null 3>&- &
  pid=$!
  await_that grep -q ready started
}

listens() {
  "$exe" -e 'require("net").connect(+process.argv[1], "127.0.0.1").on("connect", () => process.exit(0)).on("error", () => process.exit(1))' "$port"
}

names_the_line() {
  "$weir" growth --json "$pid" | jq -e '[.sites[].name] | any(test("^hold .*holds.cjs:3"))'
}

# ends STATUS: as it would have without weir.
ends() {
  local status=0
  kill -TERM "$pid"
  wait "$pid" || status=$?
  pid=
  [ "$status" -eq "$1" ]
}

@test "a Node of each version: attached, line named, port closed, detached, attached again, exit status as without" {
  local tested=0
  for name in node node18 node22 node24 node26; do
    [ "$name" = node ] || [ -x "$(runtimes_dir)/$name/exe" ] || continue
    use "$name"
    start "$exe" "--inspect-port=$port" holds.cjs
    run -0 "$weir" attach --dry-run --through=inspector "$pid"
    [[ $output == *"through its inspector, at port $port"* ]]
    [ ! -s errors ]
    run -0 "$weir" attach --through=inspector "$pid"
    [[ $output == *"sent SIGUSR1: its inspector opens at port $port, to anybody on this machine"* ]]
    [[ $output == *"attached to $pid: through its inspector"* ]]
    grep -q "Debugger ending" errors
    run ! listens
    await_that names_the_line
    "$weir" detach "$pid"
    run -0 "$weir" attach --through=inspector "$pid"
    [[ $output == *"attached to $pid again"* ]]
    "$weir" detach "$pid"
    ends 6
    tested=$((tested + 1))
  done
  [ $tested -gt 0 ] || skip "no Node here"
}

@test "an inspector that is open is used, at the port of NODE_OPTIONS, and stays open" {
  start env NODE_OPTIONS="--inspect=$port" "$exe" holds.cjs
  run -0 "$weir" attach --through=inspector "$pid"
  [[ $output == *"which was open"* ]]
  [[ $output != *SIGUSR1* ]]
  listens
  await_that names_the_line
  "$weir" detach "$pid"
  ends 6
}

# refused TEXT [OPTION]: nothing was loaded, and the process goes on.
refused() {
  run -1 "$weir" attach --through=inspector "$pid"
  echo "$output"
  [[ $output == *"$1"* ]]
  [ "$(grep -c libweir_attach "/proc/$pid/maps")" -eq 0 ]
  kill -0 "$pid"
}

@test "what SIGUSR1 would end, what is no Node, what may load no add-on: refused, and it goes on" {
  start sh -c 'echo ready; sleep 300 & wait'
  refused "is no Node"
  kill -9 "$pid"
  start "$exe" --no-addons "--inspect-port=$port" holds.cjs
  refused "did not load the library: Cannot load native addon"
  run ! listens
  ends 6
  [ -x "$(runtimes_dir)/node24/exe" ] || return 0
  use node24
  start "$exe" --disable-sigusr1 holds.cjs
  refused "does not catch SIGUSR1"
  ends 6
}

@test "one that is stopped is sent no signal, which would open its inspector later" {
  start "$exe" "--inspect-port=$port" holds.cjs
  kill -STOP "$pid"
  await_that grep -q '^State:.T' "/proc/$pid/status"
  refused "it is stopped"
  kill -CONT "$pid"
  sleep 0.5
  run ! listens
  ends 6
}

@test "where ptrace is refused to the command it works nevertheless" {
  [ -x "$WEIR_BUILDDIR/tests/preload/without" ] || skip "not built"
  start "$exe" "--inspect-port=$port" holds.cjs
  run ! "$WEIR_BUILDDIR/tests/preload/without" ptrace "$weir" attach "$pid"
  run -0 "$WEIR_BUILDDIR/tests/preload/without" ptrace "$weir" attach --through=inspector "$pid"
  await_that names_the_line
  ends 6
}
