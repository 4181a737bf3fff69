#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Hosts to which the kernel gives little: see limits.c. They run to their end with content intact,
# and no worse served than without weir.

load preload

# limited NAME OPTIONS [threaded]: the scenario runs; skipped where it cannot be made.
limited() {
  run "${3:-under}" "$2" "$GUESTS/limits" "$1"
  [ "$status" -ne 77 ] || skip "not possible here: $output"
  [ "$status" -eq 0 ] || { echo "$status $output" && return 1; }
}

said() {
  awk -v name="$1" '$1 == name { print $2 }' <<<"$output"
}

@test "all mappings of the process are used up: blocks are freed, resized, served" {
  for options in enabled decay_ms=0,floor=8K guard=on,quarantine=64M; do
    limited maps "$options"
    # A new block may need two mappings, and the next allocator then has none either.
    [ "$(said refused)" -le 30 ]
    [ "$(said refused_after)" -eq 0 ]
    adds_up
  done
}

@test "three descriptors: all are the host's, the sidecar is made all the same" {
  limited files stats_ms=20,decay_ms=20 threaded
  [ "$(said refused)" -eq 0 ]
  adds_up
  run under stats_ms=20,decay_thread=off "$GUESTS/limits" files
  [ "$status" -eq 0 ]
  [ "$(said refused)" -eq 0 ]
}

@test "no thread may be started: the host does weir's work" {
  chmod 777 "$BATS_TEST_TMPDIR"
  limited threads stats_ms=20,decay_ms=20
  [ "$(said refused)" -eq 0 ]
  [ ! -e "$SIDECAR" ] || { adds_up && [ "$(counter timer_failed)" -gt 0 ]; }
}

@test "all memory locked: freed memory goes back all the same" {
  limited locked stats_ms=20,decay_ms=20 threaded
  [ "$(said refused)" -eq 0 ]
  [ "$(megabytes idle)" -le 60 ]
  adds_up
  [ "$(counter purge_failed)" -eq 0 ]
  [ "$(counter purged_bytes)" -gt 0 ]
}

@test "blocks of the next allocator between two regions of weir's are the next allocator's" {
  limited between enabled
  [ "$(said between)" -eq 1000 ]
  adds_up
}

@test "half of all addresses is still to be had in one piece, also after regions have come and gone" {
  run "$GUESTS/limits" half
  [ "$(said half)" = 1 ] || skip "not without weir either"
  limited half enabled
  [ "$(said half)" -eq 1 ]
  [ "$(said crept)" -eq 0 ]
  adds_up
}

@test "absurd requests cost nothing, and fail as ever" {
  limited absurd enabled
  [ "$(megabytes grown)" -le 2 ]
  adds_up
  [ "$(counter large_passed)" -eq 100 ]
}

@test "limits of data and address space: what weir keeps is no reason to refuse a small block" {
  local what options
  for what in data "data late" "data held" space "space late" "space held"; do
    for options in enabled decay_ms=60000,trace_sample=64K; do
      rm -f "$SIDECAR"
      # shellcheck disable=SC2086 # two words
      run under "$options" "$GUESTS/scant" $what
      [ "$status" -ne 77 ] || skip "not possible here"
      [ "$output" = "refused 0" ] || { echo "$what, $options: $output" && return 1; }
      adds_up
    done
  done
}

@test "limited data and address space are the host's: for its mappings, its threads and a block that grows" {
  local limit what mb without how
  for limit in space data; do
    for what in grown mapped started; do
      for mb in 300 1000; do
        run -0 "$GUESTS/scant" $what $mb $limit
        without=$(said $what)
        for how in under threaded; do
          run $how decay_ms=60000 "$GUESTS/scant" $what $mb $limit
          echo "$limit, $how: $output of $without"
          [ "$status" -eq 0 ]
          [ "$(said $what)" -ge $((without * 4 / 5)) ]
        done
      done
    done
  done
}

@test "mlockall under a limit: what weir has mapped, trace and all, takes less than 2.5 MB of it" {
  local kb
  run "$GUESTS/scant" locked
  [ "$status" -ne 77 ] || skip "not possible here"
  # What it had mapped, and the block of 1 MB that it takes then.
  kb=$(($(said mapped) + 1024))
  for kb in 8192 $((kb + 2560)); do
    run -0 under enabled "$GUESTS/scant" locked "$kb"
    echo "$output"
    [[ $output = "refused 0"* ]]
  done
}

# own_mounts COMMAND: by bash, as root, with mounts that nobody else sees.
own_mounts() {
  [ "$(id -u)" -eq 0 ] || skip "needs root for mounts of its own"
  unshare -m true || skip "cannot unshare mounts here"
  run unshare -m bash -c "$1"
}

@test "strict commit accounting, as /proc tells it: the charge is given back with the memory" {
  echo 2 >"$BATS_TEST_TMPDIR/mode"
  own_mounts "mount --bind '$BATS_TEST_TMPDIR/mode' /proc/sys/vm/overcommit_memory &&
    LD_PRELOAD='$SHIM:$COMPANY' WEIR_OPTIONS='stats=$SIDECAR,decay_ms=200' '$GUESTS/memory' burst"
  [ "$status" -eq 0 ] || skip "cannot do that here: $output"
  [ "$(megabytes idle)" -le 8 ]
  adds_up
  [ "$(counter purged_bytes)" -gt 500000000 ]
  # Given back whole: no usable page is left that reads as zero.
  [ "$(counter cached_clean_bytes)" -eq 0 ]
}

@test "strict commit accounting: little address space is reserved, which would count against the host" {
  echo 2 >"$BATS_TEST_TMPDIR/mode"
  own_mounts "mount --bind '$BATS_TEST_TMPDIR/mode' /proc/sys/vm/overcommit_memory &&
    LD_PRELOAD='$SHIM' WEIR_OPTIONS='stats=$SIDECAR' '$GUESTS/memory' thousand"
  [ "$status" -eq 0 ] || skip "cannot do that here: $output"
  adds_up
  [ "$(counter region_peak_bytes)" -le $((256 << 20)) ]
}

@test "strict commit accounting: where nearly all is promised, nothing is kept" {
  echo 2 >"$BATS_TEST_TMPDIR/mode"
  for committed in 100000 9500000; do
    printf 'MemTotal: 9 kB\nCommitLimit: 10000000 kB\nCommitted_AS: %s kB\n' $committed >"$BATS_TEST_TMPDIR/info"
    own_mounts "mount --bind '$BATS_TEST_TMPDIR/mode' /proc/sys/vm/overcommit_memory &&
      mount --bind '$BATS_TEST_TMPDIR/info' /proc/meminfo &&
      LD_PRELOAD='$SHIM:$COMPANY' WEIR_OPTIONS='stats=$SIDECAR,decay_ms=60000,cache_max=0' '$GUESTS/memory' burst"
    [ "$status" -eq 0 ] || skip "cannot do that here: $output"
    adds_up
    if [ $committed -lt 1000000 ]; then
      [ "$(megabytes idle)" -gt 400 ]
    else
      [ "$(megabytes idle)" -le 8 ]
    fi
  done
}

@test "few mappings: no worse served than without weir" {
  local left options without
  echo 96 >"$BATS_TEST_TMPDIR/count"
  # A guest that has so many left; what /proc says is for weir, the kernel still counts to its own limit.
  for left in 24 40 80; do
    run "$GUESTS/limits" few $left
    [ "$status" -ne 77 ] || skip "not possible here: $output"
    without=$(said refused)
    for options in enabled decay_ms=0,floor=8K; do
      own_mounts "mount --bind '$BATS_TEST_TMPDIR/count' /proc/sys/vm/max_map_count &&
        LD_PRELOAD='$SHIM' WEIR_OPTIONS='stats=$SIDECAR,$options' '$GUESTS/limits' few $left"
      [ "$status" -eq 0 ]
      echo "$left, $options: $output; without weir $without"
      [ "$(said refused_before)" -eq 0 ]
      [ "$(said refused)" -le "$without" ]
      [ "$(said refused_after)" -eq 0 ]
      adds_up
    done
  done
}

@test "no /proc: the host goes on, the numbers add up" {
  own_mounts "mount -t tmpfs none /proc &&
    LD_PRELOAD='$SHIM' WEIR_OPTIONS='stats=$SIDECAR,decay_ms=20,stats_ms=20' '$GUESTS/stress' 2 1500 5"
  [ "$status" -eq 0 ] || skip "cannot do that here: $output"
  adds_up
}

@test "a read-only file system and a full one: no sidecar, the host goes on" {
  mkdir "$BATS_TEST_TMPDIR/fs"
  own_mounts "mount -t tmpfs -o ro none '$BATS_TEST_TMPDIR/fs' &&
    LD_PRELOAD='$SHIM' WEIR_OPTIONS='stats=$BATS_TEST_TMPDIR/fs/x.weir' '$GUESTS/stress' 2 500 5 && echo ran"
  [[ $output == *ran* ]] || skip "cannot do that here: $output"
  own_mounts "mount -t tmpfs -o size=8k none '$BATS_TEST_TMPDIR/fs' &&
    LD_PRELOAD='$SHIM' WEIR_OPTIONS='stats=$BATS_TEST_TMPDIR/fs/x.weir' '$GUESTS/stress' 2 500 5 &&
    ls '$BATS_TEST_TMPDIR/fs' | wc -l"
  [ "$status" -eq 0 ]
  [ "$output" = 0 ]
}

# told FILE=BYTES...: a burst in a group of version 2 whose files say so; the limit that was seen is in $limit.
told() {
  local group=$BATS_TEST_TMPDIR/group file
  rm -rf "$group" && mkdir -p "$group/own/2/3/4/5"
  echo 0::/own/2/3/4/5 >"$BATS_TEST_TMPDIR/groups"
  echo 300000000 >"$group/own/memory.current"
  for file; do
    echo "${file#*=}" >"$group/own/${file%=*}"
  done
  own_mounts "mount --bind '$group' /sys/fs/cgroup && mount --bind '$BATS_TEST_TMPDIR/groups' /proc/\$\$/cgroup &&
    LD_PRELOAD='$SHIM:$COMPANY:$WEIR_BUILDDIR/libfaulty.so' FAULTS_SAY=1 FAULTS=open@1000000 \
    WEIR_OPTIONS='stats=$SIDECAR,stats_ms=20' exec '$GUESTS/memory' burst"
  [ "$status" -eq 0 ] || skip "cannot do that here: $output"
  adds_up
  limit=$(counter cgroup_limit_bytes)
}

@test "a group of version 2: memory.high is a limit as memory.max is, the tighter one holds" {
  told memory.max=max memory.high=max
  [ "$limit" -eq 0 ]
  told memory.max=500000000 memory.high=max
  [ "$limit" -eq 500000000 ]
  told memory.max=max memory.high=400000000
  [ "$limit" -eq 400000000 ]
  told memory.max=500000000 memory.high=400000000
  [ "$limit" -eq 400000000 ]
}

@test "the looks at a limit five groups up keep open what they read" {
  told memory.max=500000000 memory.high=max
  [ "$limit" -eq 500000000 ]
  opened=$(sed -n 's/^faulty: open: 0 of //p' <<<"$output")
  echo "$opened files opened in $(counter timer_ticks) rounds"
  [ "$(counter timer_ticks)" -ge 20 ]
  # Thirty, and two a round, most of them for the sidecar; three if each look opened its file.
  [ "$opened" -le $(($(counter timer_ticks) * 24 / 10 + 30)) ]
}

# grouped LIMIT_MB COMMAND...: in a control group of memory of its own, version 1 or 2.
grouped() {
  local mb=$1 group
  shift
  if [ -w /sys/fs/cgroup/memory/cgroup.procs ]; then
    group=/sys/fs/cgroup/memory/weir-test-$$
    mkdir "$group" 2>/dev/null || return 77
    echo $((mb << 20)) >"$group/memory.limit_in_bytes" || return 77
  elif grep -qs memory /sys/fs/cgroup/cgroup.subtree_control && [ -w /sys/fs/cgroup/cgroup.procs ]; then
    group=/sys/fs/cgroup/weir-test-$$
    mkdir "$group" 2>/dev/null || return 77
    echo $((mb << 20)) >"$group/memory.max" || return 77
  else
    return 77
  fi
  GROUP=$group sh -c 'echo $$ >"$GROUP/cgroup.procs" && exec "$@"' sh "$@"
  local status=$?
  rmdir "$group" || sleep 1 && rmdir "$group" 2>/dev/null || true
  return $status
}

@test "a host that takes nine tenths of its control group's memory, in bursts, is not killed" {
  local mb try
  for mb in 108 114; do
    for try in 1 2; do
      rm -f "$SIDECAR"
      run grouped 96 timeout -k 5 300 "$GUESTS/limits" group $mb
      [ "$status" -ne 77 ] || skip "no control group to be had"
      [ "$status" -eq 0 ] || skip "it is killed without weir"
      run grouped 96 timeout -k 5 300 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$SIDECAR" "$GUESTS/limits" group $mb
      [ "$status" -eq 0 ] || { echo "$mb MB, $try: $status $output" && return 1; }
      adds_up
      # Near the limit blocks are cut to their pages; without one, three of four come from classes.
      [ "$(counter large_map)" -gt "$(counter large_pool)" ]
    done
  done
}

@test "bursts of ever other sizes at eight tenths of a control group find what was freed" {
  # 11 GB come and go: 7 GB of it in new pages when the bound was that of the last look.
  run grouped 96 timeout -k 5 120 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$SIDECAR" "$GUESTS/limits" group 108
  [ "$status" -ne 77 ] || skip "no control group to be had"
  [ "$status" -eq 0 ]
  adds_up
  echo "new: $(counter fresh_bytes)"
  [ "$(counter fresh_bytes)" -le $((600 << 20)) ]
}

@test "a host with threads and room in its control group keeps what it will need again, and offers none of it" {
  run grouped 96 timeout -k 5 120 env LD_PRELOAD="$SHIM:$COMPANY" WEIR_OPTIONS="stats=$SIDECAR" "$GUESTS/limits" group 64
  [ "$status" -ne 77 ] || skip "no control group to be had"
  [ "$status" -eq 0 ]
  adds_up
  echo "offered: $(counter offered_bytes)"
  [ "$(counter offered_bytes)" -le $((100 << 20)) ]
}

@test "a host that takes in another way at once what it has freed is not killed" {
  local way
  for way in "90 mapped threaded" "90 mapped" "90 small threaded" "90 child" "90 child threaded" "56 mapped threaded"; do
    rm -f "$SIDECAR"
    # shellcheck disable=SC2086 # words
    run grouped 100 timeout -k 5 120 "$GUESTS/refill" $way
    [ "$status" -ne 77 ] || skip "no control group to be had"
    [ "$status" -eq 0 ] || skip "it is killed without weir"
    # shellcheck disable=SC2086 # words
    run grouped 100 timeout -k 5 120 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$SIDECAR,decay_ms=60000" \
      "$GUESTS/refill" $way
    [ "$status" -eq 0 ] || { echo "$way: $status $output" && return 1; }
    adds_up
    # Most of 336 MB and more here; on a slow machine the clock gives some of it back first.
    [ "$(counter offered_bytes)" -gt $((50 << 20)) ] || { echo "$way: offered $(counter offered_bytes)" && return 1; }
    [ "$(counter offer_failed)" -eq 0 ]
  done
}

@test "a few blocks in use again and again are not offered to the kernel" {
  run grouped 100 timeout -k 5 120 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$SIDECAR" "$GUESTS/refill" 4 mapped
  [ "$status" -ne 77 ] || skip "no control group to be had"
  [ "$status" -eq 0 ]
  adds_up
  [ "$(counter cgroup_limit_bytes)" -eq $((100 << 20)) ]
  [ "$(counter offered_bytes)" -eq 0 ]
}

@test "a control group at its memory limit: the cache yields, the host is not killed" {
  for options in enabled decay_ms=60000 decay_thread=off,decay_ms=60000; do
    rm -f "$SIDECAR"
    run grouped 96 timeout -k 5 120 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$SIDECAR,stats_ms=50,$options" \
      "$GUESTS/limits" group 96
    [ "$status" -ne 77 ] || skip "no control group to be had"
    [ "$status" -eq 0 ] || { echo "$options: $status $output" && return 1; }
    [ "$(said bursts)" -eq 150 ]
    adds_up
  done
}

@test "a host that uses up all mappings gets those that freed blocks have left" {
  # Plain: all but some thirty, which are the program's own.
  local most
  most=$(cat /proc/sys/vm/max_map_count)
  [ "$most" -le 70000 ] || skip "a process may have very many"
  for way in mmap munmap number; do
    run under enabled "$GUESTS/mapped_out" "$way"
    echo "$way: $output"
    [ "$status" -eq 0 ]
    [[ $output == *" refused "* ]]
    [ "${output%% *}" -ge $((most - 120)) ]
  done
}
