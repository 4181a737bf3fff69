#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Plugins that are loaded with RTLD_DEEPBIND call the C library's free, not the preload's: weir's
# blocks must come home all the same, and nothing else of their binding, nor of dlopen, may change.

load preload

plugin_and_host() {
  cd "$BATS_TEST_TMPDIR" || return
  build plugin.so -shared -fPIC "$@" "$WEIR_SRCDIR/tests/preload/plugin.c"
  build host -DPLUGIN_HOST "$WEIR_SRCDIR/tests/preload/plugin.c"
}

# hosted OUTPUT ARGUMENT...: the host prints that without weir and with it.
hosted() {
  local want=$1 options
  shift
  [ "$(timeout 60 ./host "$@")" = "$want" ]
  for options in enabled floor=4K,threshold=64K,decay_ms=5,stats_ms=20 quarantine=64M,guard=on; do
    rm -f "$SIDECAR"
    [ "$(under "$options" ./host "$@")" = "$want" ] || { echo "with $options" && return 1; }
    [ ! -e "$SIDECAR" ] || adds_up
  done
}

# served N: that many requests at least came to weir in a run with its defaults.
served() {
  local least=$1
  shift
  rm -f "$SIDECAR"
  under enabled ./host "$@"
  adds_up
  [ "$(counter large_requests)" -ge "$least" ]
}

@test "who asks the C library's own handle for free" {
  local options how
  build handles "$WEIR_SRCDIR/tests/preload/handles.c"
  for how in dlsym dlvsym; do
    for size in 1000 200000 3000000 40000000; do
      [ "$("$BATS_TEST_TMPDIR/handles" $size $how)" = home ]
      for options in enabled floor=4K,threshold=64K quarantine=64M,guard=on enabled=off; do
        rm -f "$SIDECAR"
        run under "$options" "$BATS_TEST_TMPDIR/handles" $size $how
        [ "$status $output" = "0 home" ] || { echo "$size by $how with $options: $status $output" && return 1; }
        [ ! -e "$SIDECAR" ] || adds_up
      done
    done
  done
  # Of another allocator behind weir they are no business of weir's.
  build wrapped.so -shared -fPIC "$WEIR_SRCDIR/tests/preload/own_free.c"
  run env LD_PRELOAD="$SHIM:$BATS_TEST_TMPDIR/wrapped.so" "$BATS_TEST_TMPDIR/handles" 1000
  [ "$status $output" = "0 home" ]
}

@test "blocks of any size, either way, resized and measured" {
  plugin_and_host
  for size in 1000 200000 3000000 20000000; do
    hosted shared ./plugin.so one $size
    hosted shared ./plugin.so both $size
  done
  served 60 ./plugin.so both 3000000
}

@test "bound at the first call, or sealed after the start" {
  for flags in -Wl,-z,lazy,-z,norelro -Wl,-z,lazy,-z,relro -Wl,-z,now,-z,relro -fno-plt; do
    plugin_and_host $flags
    for when in now lazy; do
      hosted shared ./plugin.so both 3000000 $when
    done
  done
}

@test "what a plugin brings along is mended with it" {
  plugin_and_host
  mv plugin.so libinner.so
  echo 'int nothing;' | build plugin.so -x c - -x none -shared -fPIC -Wl,--no-as-needed \
    -Wl,-rpath,"$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/libinner.so"
  hosted shared ./plugin.so both 3000000 lazy
}

@test "a plugin with a heap of its own keeps it" {
  plugin_and_host
  build libheap.so -shared -fPIC -DPLUGIN_HEAP "$WEIR_SRCDIR/tests/preload/plugin.c"
  build plugin.so -shared -fPIC -Wl,-z,lazy "$WEIR_SRCDIR/tests/preload/plugin.c" \
    -Wl,--no-as-needed -Wl,-rpath,"$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/libheap.so"
  for when in now lazy; do
    hosted "in its own heap" ./plugin.so private 3000000 $when
  done
}

@test "the caller's RUNPATH counts for a bare name, the program's, or none" {
  plugin_and_host
  mkdir hidden
  mv plugin.so hidden/libhidden.so
  # Found by the caller alone: the loader must see who calls, and weir stays out.
  build libcaller.so -shared -fPIC -DPLUGIN_CALLER "$WEIR_SRCDIR/tests/preload/plugin.c" \
    -Wl,--enable-new-dtags,-rpath,"$BATS_TEST_TMPDIR/hidden"
  build host -DPLUGIN_HOST -DPLUGIN_BY_CALLER "$WEIR_SRCDIR/tests/preload/plugin.c" \
    -Wl,-rpath,"$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/libcaller.so"
  hosted shared libhidden.so one 3000000
  # Not found by it: so it must be with weir.
  build libcaller.so -shared -fPIC -DPLUGIN_CALLER "$WEIR_SRCDIR/tests/preload/plugin.c"
  run ./host libhidden.so one 3000000
  [ "$status" -eq 2 ]
  want=$output
  run under enabled ./host libhidden.so one 3000000
  [ "$status" -eq 2 ]
  [ "$output" = "$want" ]
  # Found for everybody.
  export LD_LIBRARY_PATH=$BATS_TEST_TMPDIR/hidden
  hosted shared libhidden.so both 3000000
}

@test "beside another allocator such a plugin is left as it is" {
  jemalloc=$(PATH=$PATH:/sbin ldconfig -p | awk '/libjemalloc\.so\.2 / { print $NF; exit }')
  [ -n "$jemalloc" ] || skip "no jemalloc here"
  plugin_and_host -Wl,-z,lazy
  # Its heap is the C library's, the host's is jemalloc: each keeps to its own.
  for when in now lazy; do
    LD_PRELOAD="$SHIM:$jemalloc" run timeout 60 ./host ./plugin.so apart 3000000 $when
    [ "$output" = apart ]
  done
}
