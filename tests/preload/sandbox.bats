#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# System calls that weir would like to make are forbidden: the host runs as ever, what fails is
# counted, and what needs the call is left out.

load preload

# forbidden CALLS OPTIONS COMMAND...
forbidden() {
  local calls=$1 options=$2
  shift 2
  run timeout -k 5 120 "$GUESTS/without" "$calls" env LD_PRELOAD="$SHIM" \
    WEIR_OPTIONS="stats=$SIDECAR,$options" "$@"
  [ "$status" -ne 77 ] || skip "no seccomp here"
}

content() {
  "$GUESTS/stress" 1 3000 9
}

@test "each call in turn: same content, numbers that agree" {
  want=$(content)
  for call in madvise mremap munmap mincore membarrier close_range process_vm_readv process_madvise \
    pwrite64 fallocate fallocate,ftruncate,pwrite64 mkdir,mkdirat unlink,unlinkat \
    prctl mmap-reset mmap-tables open-create open-nameless linkat; do
    case $(uname -m)/$call in */mkdir,* | */unlink,*) [ "$(uname -m)" = x86_64 ] || continue ;; esac
    for options in enabled floor=8K,decay_ms=5,stats_ms=20; do
      rm -f "$SIDECAR"
      forbidden "$call" "$options" "$GUESTS/stress" 1 3000 9
      [ "$status" -eq 0 ] || { echo "$call $options: $status $output" && return 1; }
      [ "$output" = "$want" ]
      [ ! -e "$SIDECAR" ] || adds_up
    done
  done
}

@test "no madvise: memory goes back by mappings made anew" {
  SHIM=$SHIM:$COMPANY forbidden madvise decay_ms=50 "$GUESTS/memory" burst
  [ "$status" -eq 0 ]
  [ "$(megabytes idle)" -le 8 ]
  adds_up
  [ "$(counter purge_failed)" -eq 0 ]
  [ "$(counter purged_bytes)" -gt 0 ]
}

@test "neither madvise nor mappings: purges fail and are counted, trims end, blocks are still recycled" {
  forbidden madvise,mmap-reset floor=4K,threshold=64K,decay_ms=5 "$GUESTS/stress" 6 4000 11
  [ "$status" -eq 0 ]
  adds_up
  forbidden madvise,mmap-reset decay_ms=50 "$GUESTS/memory" burst
  [ "$status" -eq 0 ]
  adds_up
  [ "$(counter purge_failed)" -gt 0 ]
  [ "$(counter purged_bytes)" -eq 0 ]
}

@test "no mincore: zeroed blocks of which little is touched stay small all the same" {
  forbidden mincore stats_ms=20 "$GUESTS/memory" lazy
  [ "$status" -eq 0 ]
  [ "$(megabytes grown | sort -n | tail -n 1)" -le 3 ]
  forbidden mincore stats_ms=20 "$GUESTS/memory" sparse
  [ "$status" -eq 0 ]
  [ "$(megabytes peak)" -le 12 ]
  adds_up
}

@test "no mremap: growing blocks are copied" {
  forbidden mremap enabled "$GUESTS/memory" grow
  [ "$status" -eq 0 ]
  adds_up
  [ "$(counter realloc_remapped)" -eq 0 ]
  [ "$(counter realloc_copied)" -gt 0 ]
}

@test "no thread: memory goes back while the host allocates, the failure is counted" {
  run refused pthread_create:EPERM decay_ms=20,stats_ms=20 "$GUESTS/memory" thousand
  [ "$status" -eq 0 ]
  adds_up
  [ "$(counter timer_failed)" -gt 0 ]
  rm "$SIDECAR"
  forbidden clone,clone3 decay_ms=5,stats_ms=20 "$GUESTS/memory" paused
  [ "$status" -eq 0 ]
  adds_up
  [ "$(counter purged_bytes)" -gt 10000000 ]
}

@test "no fallocate: the sidecar's blocks are written instead" {
  forbidden fallocate enabled "$GUESTS/memory" trim
  [ "$status" -eq 0 ]
  adds_up
}

@test "no file without a name, none that gets one later: it has its name from the start" {
  for calls in open-nameless linkat; do
    for options in stats_ms=20 decay_thread=off; do
      rm -f "$SIDECAR"
      forbidden $calls $options "$GUESTS/memory" trim
      [ "$status" -eq 0 ]
      adds_up
      [ "$(stat -c %a "$SIDECAR")" = 600 ]
      [ "$(find "$BATS_TEST_TMPDIR" -name '*.weir*' | wc -l)" -eq 1 ]
    done
  done
}

@test "no way to make or write the sidecar: there is none, not an empty one" {
  for calls in open-create,open-nameless open-create,linkat pwrite64; do
    forbidden "$calls" stats_ms=20 "$GUESTS/memory" trim
    [ "$status" -eq 0 ]
    [ ! -e "$SIDECAR" ]
  done
}

@test "no address space, no tables: every request goes on to the next allocator" {
  # The loader reserves as well, to align what it loads: address space is refused to the shim alone.
  for call in mmap_reserve mmap-tables; do
    rm -f "$SIDECAR"
    if [ $call = mmap_reserve ]; then
      run refused $call:EPERM enabled "$GUESTS/memory" trim
    else
      forbidden $call enabled "$GUESTS/memory" trim
    fi
    [ "$status" -eq 0 ]
    adds_up
    [ "$(counter large_passed)" -gt 0 ]
    [ "$(counter large_passed)" -eq "$(counter large_requests)" ]
  done
}

@test "semantics with each call forbidden in turn" {
  for call in madvise mremap munmap mmap-tables clone3; do
    forbidden "$call" floor=4K,threshold=64K,decay_ms=0 "$GUESTS/semantics"
    [ "$status" -eq 0 ] || [ $call = clone3 ] || { echo "$call: $output" && return 1; }
  done
}

# refused CALL...: of the shim's alone, with the second shim of check-fallback.
refused() {
  local calls=$1
  shift
  REFUSE=shim:$calls REFUSE_SAY=$BATS_TEST_TMPDIR/refused SHIM=$WEIR_BUILDDIR/librefused.so:$COMPANY under "$@"
}

@test "no futex: the clock sleeps all the same" {
  refused futex:ENOSYS decay_ms=50 "$GUESTS/memory" burst
  adds_up
  # Each wait is one refusal; a clock that does not sleep makes millions.
  [ "$(awk '{ n += $NF } END { print n + 0 }' "$BATS_TEST_TMPDIR/refused")" -gt 0 ]
  [ "$(awk '{ n += $NF } END { print n + 0 }' "$BATS_TEST_TMPDIR/refused")" -lt 100000 ]
}

@test "a limit on files that cannot be read: no sidecar, and no signal" {
  (ulimit -f 4 && refused getrlimit:EPERM stats_ms=20 "$GUESTS/memory" burst)
  [ ! -e "$SIDECAR" ]
}

@test "no membarrier: magazines fall back to full fences" {
  forbidden membarrier enabled "$GUESTS/scratch_guest"
  [ "$status" -eq 0 ]
  [ "$output" = "capacity 81920" ]
  adds_up
}

@test "a filter that kills for reading by the kernel, or for advice to it: neither is done" {
  vm='!process_vm_readv,!process_madvise'
  run "$GUESTS/without" "$vm" "$GUESTS/memory" burst
  [ "$status" -ne 77 ] || skip "no seccomp here"
  for options in stats_ms=20 floor=8K,decay_ms=5,stats_ms=20 decay_thread=off; do
    rm -f "$SIDECAR"
    forbidden "$vm" $options "$GUESTS/memory" burst
    [ "$status" -eq 0 ]
    adds_up
    [ "$(counter sidecar_failed)" -eq 0 ]
  done
}

@test "a filter that kills and that the host installs when it has started" {
  for how in prctl syscall; do
    rm -f "$SIDECAR"
    run under stats_ms=20,decay_ms=50 "$GUESTS/filtered" $how
    [ "$status" -ne 77 ] || skip "no seccomp here"
    [ "$status" -eq 0 ]
    [ "$output" = worked ]
    adds_up
    [ "$(counter large_requests)" -eq 62 ]
    [ "$(counter sidecar_failed)" -eq 0 ]
    [ "$("$WEIR" stat --json "$SIDECAR" | jq -r .state)" = exited ]
  done
}

@test "a filter that kills and of which nothing is heard: it is seen before the next write" {
  for options in stats_ms=20,decay_ms=50 stats_ms=20,decay_thread=off stats_ms=60000,decay_ms=50; do
    rm -f "$SIDECAR"
    run under trace=off,$options "$GUESTS/filtered" raw
    [ "$status" -ne 77 ] || skip "no seccomp without no_new_privs here"
    [ "$status" -eq 0 ] || { echo "$options: $status" && return 1; }
    [ "$output" = worked ]
    adds_up
    [ "$(counter large_requests)" -eq 62 ]
    [ "$(counter sidecar_failed)" -eq 0 ]
  done
}

# needs_holder: a program that holds blocks of one line of JavaScript.
needs_holder() {
  command -v node >/dev/null || skip "no node here"
  node -e 'process.exit(process.versions.v8 ? 0 : 1)'
  cat >"$BATS_TEST_TMPDIR/holder.js" <<'END'
const kept = [];
function holdsMuch() {
  kept.push(Buffer.alloc(3000000, 1));
}
for (let i = 0; i < 30; i++) holdsMuch();
setTimeout(() => console.log(kept.length), 300);
END
}

# Its line is named in the sidecar.
holder_is_named() {
  [ "$status" -eq 0 ]
  [ "$output" = 30 ]
  adds_up
  run "$WEIR" top --once "$SIDECAR"
  [[ "$output" == *"holder.js:3"* ]]
}

@test "under a filter that kills, JavaScript's frames are read all the same" {
  needs_holder
  forbidden '!process_vm_readv' stats_ms=50 node "$BATS_TEST_TMPDIR/holder.js"
  holder_is_named
}

@test "a kernel without process_vm_readv, and no filter to be seen: they are read all the same" {
  needs_holder
  run timeout 120 env LD_PRELOAD="$SHIM:$WEIR_BUILDDIR/libfaulty.so" FAULTS=process_vm_readv \
    WEIR_OPTIONS="stats=$SIDECAR,stats_ms=50" node "$BATS_TEST_TMPDIR/holder.js"
  holder_is_named
}

@test "the suite with calls refused: what fails only then is told, what is expected or fails anyway is not an error" {
  # bats would take an @test for one of its own.
  sed 's/^%/@/' >"$BATS_TEST_TMPDIR/own.bats" <<'END'
%test "works" {
  LD_PRELOAD=$WEIR_BUILDDIR/libweir_preload.so WEIR_OPTIONS=stats=off "$WEIR_BUILDDIR/tests/preload/memory" grow
}
%test "fails anyway" {
  false
}
END
  set=shim:mremap:EPERM
  own=$(realpath --relative-to="$WEIR_SRCDIR/tests" "$BATS_TEST_TMPDIR/own.bats")
  run "$WEIR_SRCDIR/scripts/check-fallback" "$WEIR_BUILDDIR" $set "$own"
  [ "$status" -eq 0 ]
  [[ ${lines[0]} =~ ^$set:\ 1\ pass.*,\ 1\ fail,\ refused\ [1-9] ]]
  [[ ${lines[1]} == *"fails without it too"* ]]
  # shellcheck disable=SC2016 # for the inner shell
  printf '%stest "only then" {\n  [ -z "${REFUSE:-}" ]\n}\n' @ >>"$BATS_TEST_TMPDIR/own.bats"
  run "$WEIR_SRCDIR/scripts/check-fallback" "$WEIR_BUILDDIR" $set "$own"
  [ "$status" -eq 1 ]
  [[ $output == *"FAILS: "*"own.bats: only then"* ]]
}
