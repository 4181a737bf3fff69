#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Hosts that are hard to host: other heaps in the process, plugins bound past the preload, code that
# runs before every constructor, sanitizers, raised privileges, exceptions, stacks full of garbage.

load preload

# hosted OUTPUT COMMAND...: prints that without weir and with it, at three settings.
hosted() {
  local want=$1 options
  shift
  [ "$(timeout 120 "$@")" = "$want" ]
  for options in enabled floor=4K,threshold=64K,decay_ms=5,stats_ms=20 decay_thread=off,trace=off; do
    rm -f "$SIDECAR"
    [ "$(under "$options" "$@")" = "$want" ] || { echo "with $options" && return 1; }
    [ ! -e "$SIDECAR" ] || adds_up
  done
}

@test "frame pointers that point to garbage" {
  build frames "$WEIR_SRCDIR/tests/preload/frames.c"
  hosted walked "$BATS_TEST_TMPDIR/frames"
  [ "$(counter large_requests)" -ge 900 ]
}

@test "a host with a second allocator" {
  build own_heap "$WEIR_SRCDIR/tests/preload/own_heap.c"
  hosted "two heaps" "$BATS_TEST_TMPDIR/own_heap"
  [ "$(counter large_requests)" -gt 800 ]
}

@test "a host whose allocator is its malloc: inert" {
  build own_heap -DEXPORTED -rdynamic "$WEIR_SRCDIR/tests/preload/own_heap.c"
  hosted "two heaps" "$BATS_TEST_TMPDIR/own_heap"
  [ ! -e "$SIDECAR" ]
  "$WEIR" run -- "$BATS_TEST_TMPDIR/own_heap" 2>&1 | grep -q 'will do nothing in .*malloc of its own'
}

@test "a library whose constructor runs before all others" {
  build libearly.so -shared -fPIC -Wl,-z,initfirst "$WEIR_SRCDIR/tests/preload/early.c"
  build early -Wl,-rpath,"$BATS_TEST_TMPDIR" "$WEIR_SRCDIR/tests/preload/early_host.c" \
    "$BATS_TEST_TMPDIR/libearly.so"
  hosted "early blocks: 6" "$BATS_TEST_TMPDIR/early"
}

@test "exceptions with large blocks, and what threads leave to their last destructors" {
  command -v g++ || skip "no g++"
  g++ -O2 -pthread -o "$BATS_TEST_TMPDIR/throws" "$WEIR_SRCDIR/tests/preload/throws.cc"
  hosted "caught 720 ended 18" "$BATS_TEST_TMPDIR/throws"
  [ "$(counter large_requests)" -gt 2000 ]
}

# sanitized KIND: weir run starts it without the shim and says so; a shim that is there all the
# same, as in a child of a host under weir, is inert: no report of what is no error.
sanitized() {
  build host -g -pthread -fsanitize="$1" "$WEIR_SRCDIR/tests/preload/handover.c" 2>/dev/null ||
    skip "gcc cannot link with -fsanitize=$1"
  export ASAN_OPTIONS=verify_asan_link_order=0
  timeout 60 "$BATS_TEST_TMPDIR/host" || skip "-fsanitize=$1 does not work here"
  run -0 --separate-stderr timeout 60 "$WEIR" run --stats="$SIDECAR" -- "$BATS_TEST_TMPDIR/host"
  [ "$output" = "handed over" ]
  [[ "$stderr" == "weir: warning: weir will do nothing in "*": it is built with a sanitizer ("*")"* ]]
  run -0 under enabled "$BATS_TEST_TMPDIR/host"
  [ "$output" = "handed over" ]
  [ ! -e "$SIDECAR" ]
}

@test "AddressSanitizer" {
  sanitized address
  # Without that option it insists on coming first: with weir run it does.
  unset ASAN_OPTIONS
  run -0 "$WEIR" run --quiet -- "$BATS_TEST_TMPDIR/host"
  run -1 under enabled "$BATS_TEST_TMPDIR/host"
  [[ "$output" == *"does not come first"* ]]
}

@test "ThreadSanitizer" {
  sanitized thread
}

@test "LeakSanitizer" {
  sanitized leak
}

@test "UndefinedBehaviorSanitizer watches no heap: weir works" {
  build host -pthread -fsanitize=undefined "$WEIR_SRCDIR/tests/preload/handover.c" 2>/dev/null ||
    skip "gcc cannot link with -fsanitize=undefined"
  hosted "handed over" "$BATS_TEST_TMPDIR/host"
  [ "$(counter large_requests)" -ge 400 ]
}

@test "a child that is a program of musl: as without weir, the shim inert" {
  command -v musl-gcc || skip "no musl-gcc here"
  cd "$BATS_TEST_TMPDIR"
  musl-gcc -O1 -fno-builtin -rdynamic -o of_musl "$WEIR_SRCDIR/tests/preload/of_musl.c"
  echo '#include <stdlib.h>
    int large(void) { void *p = malloc(9000000); free(p); return p != NULL; }' >large.c
  musl-gcc -fno-builtin -shared -fPIC -o large.so large.c
  run -5 ./of_musl ./large.so
  local plain=$output
  [[ $plain == "threads right"*"library 1"*"fork 3"* ]]
  for options in enabled floor=4K,threshold=64K; do
    run -5 --separate-stderr under $options,verbose sh -c './of_musl ./large.so'
    [ "$output" = "$plain" ]
    [[ "$stderr" == *"inert: a program of musl"* ]]
  done
}

@test "raised privileges: weir run says so, the shim is inert even where it is loaded" {
  [ "$(id -u)" -eq 0 ] || skip "only root can make such a program for this user"
  # Linked to it, as a preload by /etc/ld.so.preload would be: the environment has no say in that.
  local shim
  shim=$BATS_TEST_TMPDIR/$(objdump -p "$SHIM" | awk '$1 == "SONAME" { print $2 }')
  cp "$SHIM" "$shim"
  build secure -pthread "$WEIR_SRCDIR/tests/preload/handover.c" -Wl,--no-as-needed \
    -Wl,-rpath,"$BATS_TEST_TMPDIR" "$shim"
  cd "$BATS_TEST_TMPDIR"
  WEIR_OPTIONS="stats=$SIDECAR,verbose" run -0 ./secure
  [[ "$output" == *"at work"* ]]
  [ -e "$SIDECAR" ]
  rm "$SIDECAR"
  chgrp 65534 secure
  chmod g+s secure
  WEIR_OPTIONS="stats=$SIDECAR,verbose,help" run -0 ./secure
  [ "$output" = "handed over" ] || skip "this file system ignores setgid"
  [ ! -e "$SIDECAR" ]
  run -0 "$WEIR" run --stats="$SIDECAR" -- ./secure
  [[ "$output" == *"will do nothing in ./secure: it runs with raised privileges"*"handed over" ]]
  [ ! -e "$SIDECAR" ]
}

# Programs under raised privileges that belong to another user: in a folder that this user may enter.
setuid_copy() {
  [ "$(id -u)" -eq 0 ] || skip "only root can make such a program"
  folder=$(mktemp -d)
  chmod 755 "$folder"
  build handover -pthread "$WEIR_SRCDIR/tests/preload/handover.c"
  cp "$BATS_TEST_TMPDIR/handover" "$folder/plain"
  cp "$BATS_TEST_TMPDIR/handover" "$folder/setuid"
  chmod 755 "$folder/plain"
  # Nobody's program, started by root: another effective user, and the loader's secure mode.
  chown 65534 "$folder/setuid"
  chmod 4755 "$folder/setuid"
  mkdir -m 777 "$folder/out"
}

@test "setuid, started with a preload and options: nothing of them is taken" {
  setuid_copy
  export XDG_RUNTIME_DIR=$folder/out
  run -0 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$folder/out/x.weir,verbose" "$folder/plain"
  [[ "$output" == *"at work"* ]]
  [ -e "$folder/out/x.weir" ]
  rm "$folder/out/x.weir"
  run env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$folder/out/x.weir,verbose,help" "$folder/setuid"
  left=$(ls -A "$folder/out")
  rm -r "$folder"
  [ "$status" -eq 0 ]
  [[ "$output" == *"handed over" ]]
  [[ "$output" != *weir\[* ]]
  [ -z "$left" ]
}

@test "setuid, with the shim in /etc/ld.so.preload: inert" {
  setuid_copy
  cp "$SHIM" "$folder/shim.so"
  chmod 755 "$folder/shim.so"
  echo "$folder/shim.so" >"$folder/preload"
  export XDG_RUNTIME_DIR=$folder/out folder
  # In a mount namespace of its own: the system's file stays as it is.
  listed() {
    unshare -m sh -c 'mount --make-rprivate / 2>/dev/null
      rm -rf "$folder/etc" && mkdir "$folder/etc" && cp -a /etc/. "$folder/etc/" 2>/dev/null
      cp "$folder/preload" "$folder/etc/ld.so.preload"
      mount --bind "$folder/etc" /etc || exit 77
      exec "$@"' sh env WEIR_OPTIONS="stats=$folder/out/x.weir,verbose" "$@"
  }
  run listed "$folder/plain"
  if [ "$status" -eq 77 ] || [[ "$output" == *unshare:* ]]; then
    rm -r "$folder"
    skip "no mount namespaces here"
  fi
  # Where the sidecar of a user without an environment would be; another test's may be there.
  theirs=$(ls -A /tmp/weir-65534 2>/dev/null) || true
  plain_says=$output plain_left=$(ls -A "$folder/out")
  rm -f "$folder/out/x.weir"
  run listed cat /proc/self/maps
  maps=$output
  run listed "$folder/setuid"
  left=$(ls -A "$folder/out")
  rm -r "$folder"
  [[ "$plain_says" == *"at work"* ]]
  [ "$plain_left" = x.weir ]
  [[ "$maps" == *shim.so* ]]
  [ "$status" -eq 0 ]
  # env, which is not setuid, says that it is at work; the setuid program says nothing.
  [ "$(grep -c 'at work' <<<"$output")" -eq "$(($(grep -c 'at work' <<<"$plain_says") - 1))" ]
  [ "$(tail -n 1 <<<"$output")" = "handed over" ]
  [ -z "$left" ]
  [ "$(ls -A /tmp/weir-65534 2>/dev/null)" = "$theirs" ]
}
