#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# `weir holders PID`: a snapshot of a Node that runs, and what is not touched.

load runtimes

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  use node
}

teardown() {
  [ -z "${pids[*]}" ] || kill -9 "${pids[@]}" 2>/dev/null || true
}

# start COMMAND...: waits until it says that it is ready; its number is $pid.
start() {
  "$@" >started 2>errors </dev/null 3>&- &
  pid=$!
  pids+=("$pid")
  for _ in $(seq 300); do
    if grep -q ready started; then return 0; fi
    sleep 0.1
  done
  cat started errors
  return 1
}

not() {
  ! "$@"
}

# A port that nobody listens on, for the inspectors of this test.
free_port() {
  "$exe" -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# listens PORT: somebody does.
listens() {
  "$exe" -e 'require("net").connect(+process.argv[1], "127.0.0.1").on("connect", () => process.exit(0)).on("error", () => process.exit(1))' "$1"
}

@test "a Node that runs tells its holders, goes on, and its inspector is closed again" {
  local port tested=0
  for name in node node18 node22 node24 node26; do
    is_here "$name" || continue
    use "$name"
    port=$(free_port)
    start "$exe" "--inspect-port=$port" "$programs/holders.cjs"
    run "$weir" holders "$pid"
    [ "$status" -eq 1 ]
    [[ $output == *"would stand still"* ]]
    not grep -q Debugger errors
    "$weir" holders --yes --json --output=kept.heapsnapshot "$pid" >said.json
    jq -e '.groups[0] | .count == 49 and (.way | test("lru \\(Lru\\) -> .newest"))' said.json
    [ "$(stat -c %a kept.heapsnapshot)" = 600 ]
    "$weir" holders --top=1 kept.heapsnapshot >/dev/null
    rm kept.heapsnapshot
    not listens "$port"
    kill -0 "$pid"
    # And once more.
    "$weir" holders --yes --top=1 "$pid" >/dev/null
    kill -9 "$pid"
    tested=$((tested + 1))
  done
  [ $tested -gt 0 ] || skip "no Node here"
}

@test "an inspector that is open is used and stays open" {
  local port
  port=$(free_port)
  start "$exe" "--inspect=$port" "$programs/holders.cjs"
  "$weir" holders --yes --top=1 "$pid" >/dev/null
  listens "$port"
}

@test "with weir's sidecar the line is named as well" {
  local port
  port=$(free_port)
  mkdir -p "$XDG_RUNTIME_DIR/weir"
  start "$weir" run --stats="$sidecars/%p.weir" -- "$exe" "--inspect-port=$port" "$programs/holders.cjs"
  for _ in $(seq 300); do
    [ -z "$(compgen -G "$sidecars/*.weir")" ] || break
    sleep 0.1
  done
  # A line that is not there costs no snapshot.
  run "$weir" holders --yes "--sidecar=$(echo "$sidecars"/*.weir)" "$pid" holders.cjs:1
  [ "$status" -eq 1 ]
  not grep -q Debugger errors
  "$weir" holders --yes --json "--sidecar=$(echo "$sidecars"/*.weir)" "$pid" holders.cjs:15 >said.json
  jq -e '.groups | length == 1 and (.[0] | .count == 5 and .link_sure and (.way | test("cache \\(Map\\)")))' said.json
}

# refused PATTERN: and the process goes on.
refused() {
  run "$weir" holders --yes "$pid"
  echo "$output"
  [ "$status" -eq 1 ]
  [[ $output == *"$1"* ]]
  kill -0 "$pid"
}

@test "what SIGUSR1 would end, or what is no Node, is not sent it" {
  start sh -c 'echo ready; sleep 300 & wait'
  refused "is no Node"
  start perl -e '$SIG{USR1} = sub { exit 3 }; $| = 1; print "ready\n"; sleep 1 while 1'
  refused "is no Node"
  # As Debian 13's, which has Node in a library.
  echo 'int _ZN4node5StartEiPPc(int n, char **a) { return n + (a != 0); }' | gcc -shared -fPIC -x c -o libstarts.so -
  echo '#include <stdio.h>
    #include <unistd.h>
    int _ZN4node5StartEiPPc(int, char **);
    int main(int n, char **a) { puts("ready"); fflush(stdout); sleep(300); return _ZN4node5StartEiPPc(n, a); }' |
    gcc -x c -o starts - -L. -lstarts -Wl,-rpath,"$PWD"
  start ./starts
  refused "does not catch SIGUSR1"
  is_here node24 || return 0
  use node24
  start "$exe" --disable-sigusr1 "$programs/holders.cjs"
  refused "does not catch SIGUSR1"
}

@test "a process that ends meanwhile: that is what is said, and nothing is left open" {
  local port
  is_here node24 || skip "no Node 24"
  use node24
  port=$(free_port)
  start "$exe" "--inspect-port=$port" -e '
    const all = [];
    for (let i = 0; i < 1e6; i++) all.push({ i });
    console.log("ready");
    setInterval(() => all, 1e6);'
  (
    until grep -q Debugger errors; do sleep 0.02; done
    sleep 0.2
    kill -9 "$pid"
  ) 3>&- &
  run "$weir" holders --yes "$pid"
  echo "$output"
  [ "$status" -eq 1 ]
  [ "$output" = "weir: process $pid: it ended before it had answered" ]
}

@test "another process at its port: nothing is sent, and that is said" {
  local port
  port=$(free_port)
  start "$exe" -e 'require("net").createServer().listen(+process.argv[1], "127.0.0.1", () => console.log("ready"))' "$port"
  start "$exe" "--inspect-port=$port" "$programs/holders.cjs"
  refused "another process listens at port $port"
  not grep -q inspector errors
}

@test "a program with a handler of its own for that signal is waited for, not for ever" {
  local port
  port=$(free_port)
  start "$exe" "--inspect-port=$port" -e 'process.on("SIGUSR1", () => {}); setInterval(() => {}, 1e6); console.log("ready")'
  refused "handler of its own"
}
