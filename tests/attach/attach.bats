#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# weir attach: into a process that runs, which goes on as if nothing had been; and refusals that say why.

load attach

setup() {
  own_sidecars
  "$WEIR" attach --help | grep -q dry-run
  can_attach
}

teardown() {
  end_guest
}

@test "attach, name the line, detach, attach again: slots and protections are as before" {
  start_guest
  may_trace
  order leak 3
  order slots
  protections >"$BATS_TEST_TMPDIR/before"
  run -0 "$WEIR" attach "$guest"
  [[ $output =~ ^"attached to $guest: its thread "[0-9]+" stood still for "[0-9.]+\ (us|ms|s) ]]
  order leak 5
  await_that live leak_here 5
  run -1 "$WEIR" tune "$guest"
  [[ $output == *"weir was attached to the process, and served it nothing"* ]]
  run -0 "$WEIR" top --once "$guest"
  [[ $output == *" KB"*"own allocator"* && $output != *"live 0 B"* && $output != *cached* ]]
  "$WEIR" detach "$guest"
  order slots
  protections >"$BATS_TEST_TMPDIR/after"
  diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
  [ "$(grep -c 'malloc in libc.so.6, free in libc.so.6' "$said")" -eq 2 ]
  run -0 "$WEIR" attach "$guest"
  [[ $output == "attached to $guest again"* ]]
  order leak 2
  await_that live leak_here 2
  # A record of its own: what was asked for before is none of it.
  "$WEIR" growth --json "$guest" | jq -e '.sites[] | select(.name | startswith("leak_here ")) | .alloc_bytes == .live_bytes'
  run -1 "$WEIR" attach "$guest"
  [[ $output == *"attached to process $guest already"* ]]
  run -0 "$WEIR" stat --check "$guest"
  last_order exit
  ended 7
  [ -z "$(find /tmp -maxdepth 1 -name "weir-attach-*")" ] || ! ls -d /tmp/weir-attach-"$guest"-* 2>/dev/null
}

@test "a sidecar of its own place: found by the command, and named for the others" {
  start_guest
  may_trace
  its=$BATS_TEST_TMPDIR/its-$guest.weir
  run -0 "$WEIR" attach --stats="$BATS_TEST_TMPDIR/its-%p.weir" "$guest"
  [[ $output == *"weir growth $its "* ]]
  order leak 2
  growth_has_it() {
    "$WEIR" growth "$its" | grep -q leak_here
  }
  await_that growth_has_it
  "$WEIR" detach "$its"
  run -1 "$WEIR" attach "$guest"
  [[ $output == *"where --stats had it"* ]]
  run -0 "$WEIR" attach --stats="$its" "$guest"
  [[ $output == "attached to $guest again"* ]]
  "$WEIR" detach "$its"
  run -0 "$WEIR" attach --stats="$its" --floor=1M "$guest"
  [[ $output == *"the options are those that process $guest was attached to with first"* ]]
  last_order exit
  ended 7
}

@test "the command itself is no process to attach to" {
  run -1 bash -c 'exec "$0" attach $$' "$WEIR"
  [[ $output == *"is this command itself"* ]]
}

@test "what is said before there is a record, and just after it has begun" {
  start_guest
  may_trace
  run -1 "$WEIR" growth "$guest"
  [[ $output == *"weir attach $guest looks into it as it runs"* ]]
  "$WEIR" attach --stats="$BATS_TEST_TMPDIR/own.weir" "$guest"
  for command in growth detach; do
    run -1 "$WEIR" $command "$guest"
    [[ $output == *"weir was attached to process $guest, and its sidecar is not found"* ]]
  done
  run -0 "$WEIR" growth "$BATS_TEST_TMPDIR/own.weir"
  # Where the machine was slow it has not only begun.
  [[ $output != *"traced "+([0-9.])" ms"* ]] || [[ $output == *"The record has only begun"* ]]
  last_order exit
  ended 7
}

@test "a dry run finds the place and leaves it at that" {
  start_guest
  may_trace
  run -0 "$WEIR" attach --dry-run "$guest"
  [[ $output == "weir can be attached to $guest: its thread "* ]]
  order leak
  run -1 grep libweir "/proc/$guest/maps"
  [ ! -d "$XDG_RUNTIME_DIR/weir" ]
  run "$WEIR" doctor "$guest"
  [[ $output == *"weir attach $guest"* ]]
  last_order exit
  ended 7
}

@test "each kind of wait returns what it should, when it should; registers, errno, mask and alternate stack are kept" {
  for what in read recv epoll poll select condition timed spin rest flock fcntl ofd fifo connect; do
    start "$GUESTS/waits" "$what"
    may_trace
    "$WEIR" attach "$guest"
    await_that grep -q libweir_attach "/proc/$guest/maps"
    sleep 0.2
    [ "$(wc -l <"$said")" -eq 1 ]
    echo >&9
    ended 0
    cat "$said"
    grep -qx "$what returned 1, told, errno .*, mask kept, stack kept" "$said"
    # The kernel lets a poll begin again only if it is not in a frame: some read EINTR, none of these.
    grep -q "errno kept" "$said"
  done
}

@test "threads in malloc and in dlopen, threads that come and go, signals: all go on" {
  for threads in many alone many alone alone alone alone alone; do
    start "$GUESTS/busy" $threads
    may_trace
    # Where no thread comes to a safe point it says so, and has done nothing.
    run "$WEIR" attach "$guest"
    echo "$output"
    [ "$status" -eq 0 ] || [[ $output == *"no thread came to a point"* ]]
    "$WEIR" detach "$guest" || true
    echo >&9
    echo >&9
    await_that eval "[ \$(grep -c 'all go on' '$said') -eq 2 ]"
    ended 9
  done
}

@test "a command that is killed at any moment leaves a process that goes on" {
  start_guest
  may_trace
  for ms in 0 1 2 3 4 5 6 8 10 12 15 20 30; do
    "$WEIR" attach "$guest" >/dev/null 2>&1 3>&- &
    command=$!
    sleep "0.0$(printf %02d "$ms")"
    kill -KILL $command || true
    wait $command || true
    order leak
    [ "$(awk '/^SigBlk/ { print $2 }' "/proc/$guest/status")" = 0000000000000000 ]
    [ "$(awk '/^TracerPid/ { print $2 }' "/proc/$guest/status")" = 0 ]
  done
  killed=$guest
  last_order exit
  ended 7
  # What they left the next one clears.
  start "$GUESTS/observed"
  "$WEIR" attach "$guest"
  [ -z "$(find /tmp -maxdepth 1 -name "weir-attach-$killed-*")" ]
  last_order exit
  ended 7
}

@test "a process that is stopped is loaded into when it goes on" {
  start_guest
  may_trace
  kill -STOP "$guest"
  await_that grep -q '^State:.T' "/proc/$guest/status"
  "$WEIR" attach "$guest" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
  command=$!
  await_that grep -q "it is stopped: weir attach waits for it to go on" "$BATS_TEST_TMPDIR/out"
  sleep 0.3
  [ -z "$(find /tmp -maxdepth 1 -name "weir-attach-$guest-*")" ]
  kill -CONT "$guest"
  wait $command
  grep "attached to $guest" "$BATS_TEST_TMPDIR/out"
  order leak
  last_order exit
  ended 7
}

@test "a process that stays stopped is left as it is, and is not loaded into later" {
  start_guest
  may_trace
  kill -STOP "$guest"
  await_that grep -q '^State:.T' "/proc/$guest/status"
  run -1 "$WEIR" attach "$guest"
  [[ $output == *"it is still stopped, and nothing was done: kill -CONT $guest"* ]]
  grep -q '^State:.T' "/proc/$guest/status"
  kill -CONT "$guest"
  order leak
  run -1 grep libweir "/proc/$guest/maps"
  "$WEIR" attach "$guest"
  order leak 2
  await_that live leak_here 2
  last_order exit
  ended 7
}

@test "a process that ends meanwhile: that it has ended is what is said" {
  local ms
  for ms in 00 02 04 06 08 10 15 20 30; do
    sleep 100 3>&- &
    guest=$!
    "$WEIR" attach "$guest" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
    command=$!
    sleep "0.0$ms"
    kill -KILL "$guest"
    wait "$guest" || true
    wait "$command" || true
    cat "$BATS_TEST_TMPDIR/out"
    grep -q "has ended\|there is no process\|^attached to" "$BATS_TEST_TMPDIR/out"
  done
  # As a zombie, which its parent does not wait for.
  bash -c 'sleep 0.01 & echo $! >"$0"; exec sleep 100' "$BATS_TEST_TMPDIR/zombie" 3>&- &
  guest=$!
  await_that eval "grep -q '^State:.Z' /proc/\$(cat '$BATS_TEST_TMPDIR/zombie')/status"
  run -1 "$WEIR" attach "$(cat "$BATS_TEST_TMPDIR/zombie")"
  [[ $output == *"has ended"* ]]
}

# refused TEXT: weir says so of $guest, the doctor as well, and nothing was loaded.
refused() {
  run -1 "$WEIR" attach "$guest"
  echo "$output"
  [[ $output == *"$1"* ]]
  [ "$(grep -c libweir_attach "/proc/$guest/maps")" -eq 0 ]
}

@test "refused, with the reason: its own allocator, weir already, musl or static, a sanitizer, traced, a filter" {
  start_guest LD_PRELOAD="$WEIR_BUILDDIR/libweir_preload.so"
  refused "it runs under weir already"
  end_guest
  rm "$BATS_TEST_TMPDIR/orders"

  cat >"$BATS_TEST_TMPDIR/own.c" <<'C'
    #include <stddef.h>
    #include <stdio.h>
    static char store[1 << 20];
    static size_t used;
    void *malloc(size_t n) { used += (n + 31) & ~(size_t)15; return store + used - n; }
    void free(void *p) { (void)p; }
    int main(void) { puts("ready"); fflush(stdout); return getchar() == 0; }
C
  gcc -O1 -fno-builtin -rdynamic -o "$BATS_TEST_TMPDIR/own" "$BATS_TEST_TMPDIR/own.c"
  start "$BATS_TEST_TMPDIR/own"
  refused "of its own"
  end_guest

  echo '#include <stdio.h>
    int main(void) { puts("ready"); fflush(stdout); return getchar() == 0; }' >"$BATS_TEST_TMPDIR/plain.c"
  if gcc -static -o "$BATS_TEST_TMPDIR/static" "$BATS_TEST_TMPDIR/plain.c" 2>/dev/null; then
    start "$BATS_TEST_TMPDIR/static"
    refused "statically linked"
    end_guest
  fi
  if gcc -fsanitize=address -o "$BATS_TEST_TMPDIR/watched" "$BATS_TEST_TMPDIR/plain.c" 2>/dev/null; then
    start "$BATS_TEST_TMPDIR/watched"
    refused "sanitizer"
    end_guest
  fi
  if command -v musl-gcc; then
    musl-gcc -o "$BATS_TEST_TMPDIR/musl" "$BATS_TEST_TMPDIR/plain.c"
    start "$BATS_TEST_TMPDIR/musl"
    refused "glibc"
    end_guest
  fi
  if gcc -m32 -o "$BATS_TEST_TMPDIR/narrow" "$BATS_TEST_TMPDIR/plain.c" 2>/dev/null; then
    start "$BATS_TEST_TMPDIR/narrow"
    refused "32"
    end_guest
  fi
  run -1 "$WEIR" attach 999999999
  [[ $output == *"there is no process"* ]]
  run -2 "$WEIR" attach nothing
  run -2 "$WEIR" attach
}

@test "a filter of system calls that cannot be read: only if forced" {
  start "$WEIR_BUILDDIR/tests/preload/without" mremap "$GUESTS/observed"
  may_trace
  # Root reads it: attach_odd.bats.
  local less=()
  [ "$(id -u)" -ne 0 ] || less=(setpriv --bounding-set -sys_admin --inh-caps -all)
  run -1 "${less[@]}" "$WEIR" attach "$guest"
  [[ $output == *seccomp*"--force attaches"* ]]
  [ "$(grep -c libweir_attach "/proc/$guest/maps")" -eq 0 ]
  "$WEIR" attach --force "$guest"
  order leak
  await_that live leak_here 1
  last_order exit
  ended 7
}

@test "another user's process: root attaches, its sidecar is its user's" {
  [ "$(id -u)" -eq 0 ] || skip "for root only"
  chmod 755 "$BATS_TEST_TMPDIR"
  mkdir "$BATS_TEST_TMPDIR/theirs"
  cp "$GUESTS/observed" "$BATS_TEST_TMPDIR/theirs/"
  chown -R nobody "$BATS_TEST_TMPDIR/theirs"
  chmod 755 "$(dirname "$BATS_TEST_TMPDIR")" "$(dirname "$(dirname "$BATS_TEST_TMPDIR")")"
  start setpriv --reuid=nobody --clear-groups env XDG_RUNTIME_DIR="$BATS_TEST_TMPDIR/theirs" "$BATS_TEST_TMPDIR/theirs/observed"
  may_trace
  "$WEIR" attach "$guest"
  order leak 2
  await_that live leak_here 2
  [ "$(stat -c %U "$BATS_TEST_TMPDIR"/theirs/weir/*.weir)" = nobody ]
  "$WEIR" detach "$guest"
  last_order exit
  ended 7
}

@test "Python: the line that holds the memory is named" {
  command -v python3 || skip "no Python"
  cat >"$BATS_TEST_TMPDIR/holds.py" <<'P'
import sys, time
held = []
def hold():
    held.append(bytearray(300000))
print("ready", flush=True)
while len(held) < 2000:
    hold()
    time.sleep(0.01)
P
  start python3 "$BATS_TEST_TMPDIR/holds.py"
  may_trace
  "$WEIR" attach "$guest"
  named() {
    "$WEIR" growth --json "$guest" | jq -e '.sites[0].name | test("^hold .*holds.py:4")'
  }
  await_that named
  "$WEIR" detach "$guest"
}

@test "Python that allocates and frees by ctypes, past all slots: no harm" {
  command -v python3 || skip "no Python"
  cat >"$BATS_TEST_TMPDIR/past.py" <<'P'
import ctypes, sys
libc = ctypes.CDLL("libc.so.6")
py = ctypes.pythonapi
for f in (libc.malloc, py.PyMem_RawMalloc):
    f.restype, f.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
for f in (libc.free, py.PyMem_RawFree):
    f.restype, f.argtypes = None, [ctypes.c_void_p]
print("ready", flush=True)
while sys.stdin.read(1) == "m":
    for _ in range(500):
        p, q = libc.malloc(300000), py.PyMem_RawMalloc(300000)
        ctypes.memset(p, 1, 300000)
        ctypes.memset(q, 1, 300000)
        py.PyMem_RawFree(p)
        libc.free(q)
    print("mixed", flush=True)
sys.exit(7)
P
  start python3 "$BATS_TEST_TMPDIR/past.py"
  may_trace
  "$WEIR" attach "$guest"
  printf m >&9
  await_that grep -qx mixed "$said"
  run -0 "$WEIR" stat --check "$guest"
  "$WEIR" growth --json "$guest" | jq -e '[.sites[].live_count] | add // 0 | . < 20'
  "$WEIR" detach "$guest"
  printf m >&9
  await_that eval "[ \$(grep -cx mixed '$said') -eq 2 ]"
  exec 9>&-
  ended 7
}

@test "what the process maps by itself meanwhile is named by line, and unmapped again is gone" {
  command -v python3 || skip "no Python"
  cat >"$BATS_TEST_TMPDIR/maps.py" <<'P'
import mmap, sys
held = []
def keep():
    held.append(mmap.mmap(-1, 400000, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    held[-1].write(bytes(100000) * 4)
print("ready", flush=True)
while sys.stdin.read(1) == "m":
    for _ in range(100):
        keep()
    print("mapped", flush=True)
for m in held:
    m.close()
print("unmapped", flush=True)
sys.stdin.read()
P
  start python3 "$BATS_TEST_TMPDIR/maps.py"
  may_trace
  "$WEIR" attach "$guest"
  printf m >&9
  await_that grep -qx mapped "$said"
  live_bytes() {
    "$WEIR" growth --json "$guest" | jq -e '[.sites[] | select(.name | test("^keep .*maps.py:4"))] |
      (map(.live_bytes) | add // 0) '"$1"
  }
  await_that live_bytes "== 100 * 401408"
  printf x >&9
  await_that grep -qx unmapped "$said"
  await_that live_bytes "== 0"
  run -0 "$WEIR" stat --check "$guest"
  "$WEIR" detach "$guest"
}

@test "Node of all versions under load: attached, line named, no request failed, detached, exit status as without" {
  run timeout -k 5 500 "$WEIR_SRCDIR/scripts/check-attach" "$WEIR_BUILDDIR" 1
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *" 1 of 1 attached"* ]] || skip "no Node here"
}
