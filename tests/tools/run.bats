#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# `weir run` with a preload that does nothing: what it hands to the program, and its own
# messages and statuses.

load tools

setup() {
  own_environment
  harmless_shim
}

# environment_of VARIABLE ARGUMENT...: its value in a program started with these arguments.
environment_of() {
  local name=$1
  shift
  "$WEIR" run "$@" -- sh -c "printf '%s\n' \"\$$name\""
}

@test "without a program the usage is shown, and the status is 2" {
  run "$WEIR" run
  [ "$status" -eq 2 ]
  has "which program?"
  has "Usage: weir run"
}

@test "an unknown option is named" {
  run "$WEIR" run --flour=64K -- true
  [ "$status" -eq 2 ]
  has 'there is no option "--flour=64K"; did you mean --floor?'
}

@test "a bad value is refused with the option, the value and what is allowed" {
  run "$WEIR" run --floor=1 -- true
  [ "$status" -eq 2 ]
  has '--floor "1": value too small; allowed: a size from 4 KB to 1 GB'
  run "$WEIR" run --floor banana true
  [ "$status" -eq 2 ]
  has '--floor "banana": not a valid value'
  run "$WEIR" run --decay-ms=99999999 true
  [ "$status" -eq 2 ]
  has '--decay_ms "99999999": value too large; allowed: milliseconds, 0 to 3,600,000'
  run "$WEIR" run --enabled=maybe true
  [ "$status" -eq 2 ]
  has 'allowed: on or off'
}

@test "-h is --help, but for the program's own" {
  for command in top growth export tune attach; do
    run -0 "$WEIR" $command -h
    [[ $output == "Usage: weir $command "* ]]
  done
  run -0 "$WEIR" run --summary -h
  [[ $output == "Usage: weir run "* ]]
  run -0 "$WEIR" run echo -h
  [ "$output" = -h ]
  run -0 "$WEIR" run -- echo -h
  [ "$output" = -h ]
}

@test "with a small limit of memory the program runs without weir, which says so" {
  for limit in -v -d; do
    run -0 bash -c "ulimit $limit 40000; exec '$WEIR' run -- sh -c 'echo it runs; grep -c libweir /proc/\$\$/maps || true'"
    has "the program runs without weir: its limit of"
    has "is 39.1 MB, and weir stays out below 64 MB"
    [[ ${lines[1]} == "it runs" && ${lines[2]} == 0 ]]
    run bash -c "ulimit $limit 40000; exec '$WEIR' run --quiet -- sh -c 'echo it runs'"
    [ "$output" = "it runs" ]
    run bash -c "ulimit $limit 400000; exec '$WEIR' run -- sh -c 'grep -c libweir /proc/\$\$/maps'"
    [ "$output" -gt 0 ]
  done
}

@test "what was most likely meant is said: a command, an option, a program, a sidecar, a script" {
  run -2 "$WEIR" groth
  has 'did you mean `weir growth`?'
  run -2 "$WEIR" diff a b
  has 'did you mean `weir growth --diff A B`'
  run -2 "$WEIR" sh -c true
  has 'to start that program under weir: `weir run sh ...`'
  run -2 "$WEIR" leak.weir
  has '`weir growth leak.weir`'
  run -2 "$WEIR" run --sumary true
  has 'did you mean --summary?'
  run -2 "$WEIR" run --decay=3 true
  has 'did you mean --decay_ms?'
  run -2 "$WEIR" run --nothing_like_it true
  lacks 'did you mean'
  echo 1 >leak.js
  run -127 "$WEIR" run leak.js
  has '`weir run node leak.js`'
  run -126 "$WEIR" doctor ./leak.js
  has '`weir doctor node ./leak.js`'
  run -2 "$WEIR" leak.js --port 80
  has '`weir run node leak.js ...`'
  run -2 "$WEIR" encode hexx
  has 'base64url'
  # What other programs call it.
  run -2 "$WEIR" start node leak.js
  has 'did you mean `weir run -- PROGRAM`?'
  run -2 "$WEIR" ls
  has 'did you mean `weir stat`?'
  run -2 "$WEIR" leaks 4711
  has 'did you mean `weir growth`?'
  run -2 "$WEIR" heap
  has 'did you mean `weir holders PID`?'
  run -2 "$WEIR" ls -l
  has '`weir run ls ...`'
  run -2 "$WEIR" --verison
  has 'did you mean `weir --version`?'
  run -1 "$WEIR" growth leak.js
  has 'a process is named by its pid, and `weir stat` lists them'
  run -1 "$WEIR" growth no.weir
  lacks 'named by its pid'
}

@test "an option without its value is an error" {
  run "$WEIR" run --floor
  [ "$status" -eq 2 ]
  has '--floor needs a value'
}

@test "the program gets LD_PRELOAD and, without options, no WEIR_OPTIONS" {
  run environment_of LD_PRELOAD
  [ "$status" -eq 0 ]
  [ "$output" = "$WEIR_PRELOAD" ]
  # shellcheck disable=SC2016 # the inner shell's
  run -0 "$WEIR" run sh -c 'echo "${WEIR_OPTIONS-none}"'
  [ "$output" = none ]
}

@test "the shim goes behind what LD_PRELOAD holds, once" {
  other=$BATS_TEST_TMPDIR/other.so
  cp "$WEIR_PRELOAD" "$other"
  LD_PRELOAD=$other run environment_of LD_PRELOAD
  [ "$output" = "$other:$WEIR_PRELOAD" ]
  LD_PRELOAD="$other $WEIR_PRELOAD" run environment_of LD_PRELOAD
  [ "$output" = "$other $WEIR_PRELOAD" ]
}

@test "another shim that is there already stays, and that is said" {
  mkdir other
  cp "$WEIR_PRELOAD" other/
  LD_PRELOAD=$PWD/other/libweir_preload.so run environment_of LD_PRELOAD
  has "LD_PRELOAD already names $PWD/other/libweir_preload.so"
  [ "${lines[-1]}" = "$PWD/other/libweir_preload.so" ]
}

@test "options go behind those of the environment, in their order" {
  run environment_of WEIR_OPTIONS --threshold 2M --floor=64K --decay-thread=off
  [ "$output" = "threshold=2M,floor=64K,decay_thread=off" ]
  WEIR_OPTIONS=floor=1M,verbose=off run environment_of WEIR_OPTIONS --floor=64K
  [ "$output" = "floor=1M,verbose=off,floor=64K" ]
}

@test "a switch may stand alone, before the program or before on and off" {
  run environment_of WEIR_OPTIONS --decay-thread
  [ "$output" = "decay_thread=on" ]
  run environment_of WEIR_OPTIONS --decay-thread off
  [ "$output" = "decay_thread=off" ]
  run "$WEIR" run --decay-thread echo on
  [ "$output" = "on" ]
}

@test "commas and backslashes in a value are escaped" {
  run environment_of WEIR_OPTIONS --quiet --only='a,b\c'
  [ "$output" = 'only=a\,b\\c' ]
}

@test "a relative path for the sidecar is made absolute, its folder's % kept" {
  mkdir 'ten%p'
  cd 'ten%p'
  run environment_of WEIR_OPTIONS --stats %p.weir
  [ "$output" = "stats=$BATS_TEST_TMPDIR/ten%%p/%p.weir" ]
  run environment_of WEIR_OPTIONS --stats=auto
  [ "$output" = "stats=auto" ]
  run environment_of WEIR_OPTIONS --quiet --stats=/a/b
  [ "$output" = "stats=/a/b" ]
}

@test "the program's status is returned" {
  run "$WEIR" run -- sh -c 'exit 7'
  [ "$status" -eq 7 ]
  # shellcheck disable=SC2016
  run "$WEIR" run -- sh -c 'kill -TERM $$'
  [ "$status" -eq 143 ]
  run "$WEIR" run --summary -- sh -c 'exit 7'
  [ "$status" -eq 7 ]
  has "exit status 7"
  # shellcheck disable=SC2016
  run "$WEIR" run --summary -- sh -c 'kill -TERM $$'
  [ "$status" -eq 143 ]
  has "ended by SIGTERM"
}

@test "a program that is not there gives 127, one that cannot be run 126" {
  for mode in --quiet --summary; do
    run -127 "$WEIR" run $mode no-such-program-here
    has "no-such-program-here: not found on PATH"
    run -127 "$WEIR" run $mode ./nothing
    echo text >plain
    run "$WEIR" run $mode ./plain
    [ "$status" -eq 126 ]
    has "./plain: cannot be run: Permission denied"
    run "$WEIR" run $mode /
    [ "$status" -eq 126 ]
  done
}

@test "a file on PATH that cannot be run gives 126, unless a later one can" {
  mkdir first second
  echo text >first/tool
  PATH=$PWD/first:$PWD/second:$PATH run -126 "$WEIR" run tool
  has "tool: cannot be run: Permission denied"
  printf '#!/bin/sh\necho second\n' >second/tool
  chmod +x second/tool
  PATH=$PWD/first:$PWD/second:$PATH run -0 "$WEIR" run tool
  [ "$output" = second ]
}

@test "a script whose interpreter is not there gives 126" {
  echo '#!/no/such/interpreter' >script
  chmod +x script
  for mode in --quiet --summary; do
    run "$WEIR" run $mode ./script
    [ "$status" -eq 126 ]
    has "./script: cannot be run: its interpreter or loader is not there"
  done
}

@test "a missing shim is an error that names the place" {
  WEIR_PRELOAD=$PWD/nowhere.so run "$WEIR" run true
  [ "$status" -eq 1 ]
  has "WEIR_PRELOAD names \"$PWD/nowhere.so\", which is not a file"
}

@test "without WEIR_PRELOAD the places that were tried are named" {
  mkdir lonely
  cp "$WEIR" lonely/weir
  run env -u WEIR_PRELOAD lonely/weir run echo ran
  [ "$status" -eq 1 ] || skip "a shim is installed"
  has "libweir_preload.so is neither in $PWD/lonely, $PWD/lonely/../lib/weir nor in"
  has "set WEIR_PRELOAD to its path"
}

@test "the shim is found beside the command, as in a build folder" {
  mkdir tree
  cp "$WEIR" tree/weir
  cp "$WEIR_PRELOAD" tree/
  # shellcheck disable=SC2016
  run env -u WEIR_PRELOAD tree/weir run sh -c 'echo "$LD_PRELOAD"'
  [ "$output" = "$PWD/tree/libweir_preload.so" ]
}

@test "without /proc it is found by the name that the command was started by" {
  unshare -m true 2>/dev/null || skip "no mount namespace of one's own here"
  mkdir tree
  cp "$WEIR" tree/weir
  cp "$WEIR_PRELOAD" tree/
  # shellcheck disable=SC2016
  run env -u WEIR_PRELOAD unshare -m sh -c 'mount -t tmpfs none /proc && cd tree && ./weir run sh -c "echo \$LD_PRELOAD"'
  echo "$output"
  [ "$status" -eq 0 ]
  [ "${lines[-1]}" = "$PWD/tree/libweir_preload.so" ]
}

@test "a shim in a folder with a blank or a colon is preloaded through a link" {
  for folder in 'a b' 'a:b' 'a,b'; do
    mkdir "$folder"
    cp "$WEIR_PRELOAD" "$folder/libweir_preload.so"
    for _ in 1 2; do
      XDG_RUNTIME_DIR=$PWD WEIR_PRELOAD="$PWD/$folder/libweir_preload.so" run -0 "$WEIR" run grep -c libweir_preload /proc/self/maps
      [ "$output" -gt 1 ]
    done
  done
  # A comma needs none.
  [ "$(find weir-shim-"$(id -u)" -type l | wc -l)" -eq 2 ]
}

@test "no link is made in a folder that others may write to" {
  mkdir -p 'a b' "weir-shim-$(id -u)"
  chmod 777 "weir-shim-$(id -u)"
  cp "$WEIR_PRELOAD" 'a b/libweir_preload.so'
  XDG_RUNTIME_DIR=$PWD WEIR_PRELOAD="$PWD/a b/libweir_preload.so" run "$WEIR" run true
  [ "$status" -eq 1 ]
  has "LD_PRELOAD cannot hold \"$PWD/a b/libweir_preload.so\""
  has "set WEIR_PRELOAD to it"
}

@test "a static program runs, after one line that weir will do nothing" {
  static_program ./prog
  run "$WEIR" run ./prog
  [ "$status" -eq 3 ]
  has "static ran"
  has "weir: warning: weir will do nothing in ./prog: statically linked"
  [ "${#lines[@]}" -eq 2 ]
  run "$WEIR" run --quiet ./prog
  [ "$status" -eq 3 ]
  [ "$output" = "static ran" ]
}

@test "a sidecar that cannot be made is told before the program runs" {
  run "$WEIR" run --stats=missing/x.weir -- sh -c 'echo ran'
  [ "$status" -eq 0 ]
  has "weir: warning: there will be no sidecar: --stats names a file in $PWD/missing: No such file"
  has ran
  run "$WEIR" run --quiet --stats=missing/x.weir -- sh -c 'echo ran'
  [ "$output" = ran ]
  mkdir missing
  for name in missing/x.weir x.weir auto off 'missing%p/x.weir' /x.weir; do
    run "$WEIR" run --stats="$name" -- sh -c 'echo ran'
    [ "$output" = ran ]
  done
  echo mine >app.js
  for name in app.js missing /; do
    run "$WEIR" run --stats="$name" -- sh -c 'echo ran'
    has "weir: warning: there will be no sidecar: --stats names $(realpath "$name"), which is there and is no sidecar of yours"
    has ran
  done
  [ "$(cat app.js)" = mine ]
  # One that is empty is replaced.
  touch old.weir
  run "$WEIR" run --stats=old.weir -- sh -c 'echo ran'
  [ "$output" = ran ]
}

@test "options that leave the program out are told" {
  run "$WEIR" run --only=node -- sh -c 'exit 0'
  [ "$status" -eq 0 ]
  has "the option only=node leaves out this executable"
  run -0 "$WEIR" run --enabled=off -- sh -c 'exit 0'
  has "the option enabled=off is set"
}

@test "without --summary the program takes the command's own process" {
  # shellcheck disable=SC2016
  run bash -c 'echo $$; exec "$0" run -- sh -c "echo \$\$"' "$WEIR"
  [ "${#lines[@]}" -eq 2 ]
  [ "${lines[0]}" = "${lines[1]}" ]
}

@test "standard input reaches the program" {
  for mode in --quiet --summary; do
    run "$WEIR" run $mode cat <<<"through"
    [ "${lines[0]}" = "through" ]
  done
}

# The guests end by themselves after a while, in case no signal reaches them.
@test "with --summary SIGTERM and SIGHUP are passed on" {
  for sig in TERM HUP; do
    # shellcheck disable=SC2016
    "$WEIR" run --summary -- sh -c 'trap "exit 9" $0; echo >ready; for i in $(seq 1200); do sleep 0.05; done' \
      $sig 2>err 3>&- &
    pid=$!
    timeout 60 sh -c 'until [ -e ready ]; do sleep 0.05; done'
    rm ready
    kill -s $sig "$pid"
    rc=0
    wait "$pid" || rc=$?
    [ "$rc" -eq 9 ]
    grep -q "exit status 9" err
  done
}

@test "with --summary SIGINT is left to the program" {
  # shellcheck disable=SC2016
  env --default-signal=INT setsid -w "$WEIR" run --summary -- sh -c '
    trap "exit 5" INT
    echo $$ >ready
    for i in $(seq 1200); do sleep 0.05; done' 2>err 3>&- &
  timeout 60 sh -c 'until [ -s ready ]; do sleep 0.05; done'
  kill -INT -- "-$(ps -o pgid= "$(cat ready)" | tr -d ' ')"
  rc=0
  wait $! || rc=$?
  [ "$rc" -eq 5 ]
  grep -q "exit status 5" err
}

# The guest leaves a sidecar as the shim would: its own pid and start time.
# shellcheck disable=SC2016
leave_sidecar='
  start=$(sed "s/.*) //" /proc/$$/stat | cut -d" " -f20)
  path=${TARGET:-$XDG_RUNTIME_DIR/weir/$$-$start.weir}
  "$MAKE_SIDECAR" "$path" pid=$$ start=$start state=2 unix_ns=now'

@test "the summary shows classes, map tier, fallbacks and bytes of the child's sidecar" {
  run "$WEIR" run --summary -- sh -c "$leave_sidecar"
  [ "$status" -eq 0 ]
  has "peak RSS"
  has "Blocks by size: 150 asked for, 80.0 % reused, 12.9 % lost by rounding up"
  has "Larger blocks: 9 asked for, 3 in use (60 MB)"
  has "Left to the program's own allocator: 3 large blocks"
  has "Bytes: recycled 71.5 MB, fresh 38.1 MB, given back 28.6 MB"
  has "All figures: weir stat $FOLDER/"
  lacks "did not end by exit"
}

@test "the summary takes the sidecar that --stats names" {
  TARGET=$PWD/mine.weir \
    run -0 "$WEIR" run --summary --stats mine.weir -- sh -c "$leave_sidecar"
  has "All figures: weir stat $PWD/mine.weir"
  # One that another process left there is not taken for the child's.
  run -0 "$WEIR" run --summary --stats mine.weir true
  has "No sidecar of it was found"
  # Nor is one of the same start time.
  TARGET=$PWD/mine.weir run -0 "$WEIR" run --summary --stats mine.weir -- sh -c \
    "${leave_sidecar/pid=\$\$/pid=1}"
  has "No sidecar of it was found"
}

@test "the summary does not take the sidecar of an earlier process of the same pid" {
  # shellcheck disable=SC2016
  run -0 "$WEIR" run --summary -- sh -c \
    '"$MAKE_SIDECAR" "$XDG_RUNTIME_DIR/weir/$$-1.weir" pid=$$ start=1'
  has "No sidecar of it was found"
}

@test "without a sidecar the summary says why that can be" {
  run "$WEIR" run --summary true
  [ "$status" -eq 0 ]
  has "No sidecar of it was found. Either its large blocks (128 KB or more, option floor) did not add"
  run -0 "$WEIR" run --summary --stats=off true
  has "No sidecar of it was found: the option stats=off is set."
  static_program ./prog
  run "$WEIR" run --summary --quiet ./prog
  [ "$status" -eq 3 ]
  has "No sidecar of it was found: weir cannot work in it."
  has "statically linked"
}

@test "--help shows every option with its default" {
  run "$WEIR" run --help
  [ "$status" -eq 0 ]
  has "--threshold=SIZE"
  has "10M"
  has "--decay_ms=MS"
  has "1000 ms"
}

@test "the command's own usage" {
  run "$WEIR"
  [ "$status" -eq 2 ]
  has "Usage: weir COMMAND"
  has '  $ weir run -- node server.js'
  run "$WEIR" statt
  [ "$status" -eq 2 ]
  # shellcheck disable=SC2016
  has 'did you mean `weir stat`?'
  run "$WEIR" frobnicate
  [ "$status" -eq 2 ]
  has 'no command "frobnicate"; `weir help` lists all'
  run "$WEIR" help run
  [ "$status" -eq 0 ]
  has "Usage: weir run"
  run "$WEIR" help nothing
  [ "$status" -eq 2 ]
  run "$WEIR" --version
  [ "$status" -eq 0 ]
  [[ $output =~ ^weir\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "output that cannot be written is a failure" {
  [ -w /dev/full ] || skip "no /dev/full"
  run bash -c '"$0" help >/dev/full' "$WEIR"
  [ "$status" -eq 1 ]
  has "cannot write to standard output"
}
