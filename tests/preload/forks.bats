#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# fork: handlers of other libraries, what it costs a child, and the ways around the handlers.

load preload

# handlers FORKS_LATE|FORKS_EARLY [nested]: with each way to do the clock's work, and with all that is optional.
handlers() {
  local options
  for options in enabled floor=64K,decay_ms=5,stats_ms=20,trace_sample=64K decay_thread=off,guard,quarantine=8M; do
    rm -f "$SIDECAR"
    run -0 env "$1"=1 timeout -k 5 60 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$SIDECAR,$options" \
      "$GUESTS/forks" handlers "${@:2}"
    [ "$output" = lived ]
    adds_up
    [ "$(counter deferred_frees)" -eq 0 ]
    [ "$(counter nested)" -eq 0 ]
  done
}

@test "handlers of fork that were registered before weir's allocate, free and resize large blocks" {
  handlers FORKS_EARLY
}

@test "the same of handlers that were registered after it" {
  run -0 env FORKS_LATE=1 LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$SIDECAR" "$GUESTS/forks" handlers
  [ "$output" = lived ]
  adds_up
}

@test "handlers of fork that fork" {
  handlers FORKS_EARLY nested
  run -0 env FORKS_LATE=1 LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$SIDECAR" "$GUESTS/forks" handlers nested
  [ "$output" = lived ]
}

@test "what its handlers free in the child is given back there" {
  run -0 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$BATS_TEST_TMPDIR/%p.weir" "$GUESTS/forks" handlers
  adds_up "$BATS_TEST_TMPDIR"/*.weir
  for file in "$BATS_TEST_TMPDIR"/*.weir; do
    [ "$(counter deferred_frees "$file")" -eq 0 ]
  done
}

# faults SHIM large|small: the page faults of sixteen hosts' children; how all lies in memory changes one or two.
faults() {
  for _ in {1..16}; do
    FORKS_LATE=1 LD_PRELOAD=$1 WEIR_OPTIONS=stats=$SIDECAR "$GUESTS/forks" faults "$2"
  done | awk '$1 == "faults" { n += $2 } END { print n }'
}

@test "blocks are asked for under a lock that another library's handler takes" {
  for options in enabled decay_ms=5,stats_ms=20 floor=4K,threshold=64K; do
    run -0 under $options env FORKS_LOCK=1 "$GUESTS/forks" lock
    [ "$output" = lived ]
    adds_up
  done
}

@test "a child that ends at once takes few page faults more: 15 with large blocks, 2 without" {
  for case in large:15 small:2; do
    plain=$(faults '' "${case%:*}") weir=$(faults "$SHIM" "${case%:*}")
    echo "$case: $weir of $plain"
    [ "$weir" -le $((plain + 16 * ${case#*:} + 12)) ]
  done
}

@test "fork in a signal handler that interrupts large requests" {
  for options in enabled decay_thread=off; do
    run -0 under $options env FORKS_LATE=1 "$GUESTS/forks" signal
    [ "$output" = lived ]
    adds_up
  done
}

@test "a child's thread that had scratch blocks ends before weir is used there" {
  run -0 under enabled env FORKS_LATE=1 "$GUESTS/forks" thread
  [ "$output" = lived ]
}

@test "a child made by clone leaves its parent's sidecar alone" {
  for options in enabled decay_thread=off; do
    run -0 under $options env FORKS_LATE=1 "$GUESTS/forks" clone
    [ "$output" = lived ]
    adds_up
  done
}

# peer_guests: an allocator behind weir that answers slowly, one that does not, hosts; in the test's folder.
peer_guests() {
  local source=$WEIR_SRCDIR/tests/preload/peer.c
  cd "$BATS_TEST_TMPDIR" || return
  build peer.so -shared -fPIC -DPEER "$source"
  build silent.so -shared -fPIC -DPEER -DSILENT "$source"
  build plugin.so -shared -fPIC -DPLUGIN "$source"
  build libearly.so -shared -fPIC -DEARLY "$source"
  build host "$source"
  build closer "$source" -Wl,--no-as-needed -L. -learly -Wl,-rpath,"$BATS_TEST_TMPDIR"
}

@test "another allocator is asked for its numbers: a fork has its locks by then, and does not wait for who asks" {
  peer_guests
  for when in alone resting; do
    run timeout 60 env LD_PRELOAD="$SHIM:./peer.so" WEIR_OPTIONS="stats=$SIDECAR" ./host $when
    [ "$status $output" = "0 forked" ] || { echo "$when: $status $output" && return 1; }
  done
}

@test "numbers are asked of the allocator that stands behind weir, not of a library that comes and goes" {
  peer_guests
  run timeout 60 env LD_PRELOAD="$SHIM:./silent.so" WEIR_OPTIONS="stats=$SIDECAR" ./closer closed
  [ "$status $output" = "0 lives" ]
}

@test "a process with more blocks than the machine has memory forks, and is refused a block of that size" {
  [ "$(cat /proc/sys/vm/overcommit_memory)" = 0 ] || skip "the kernel does not guess here"
  build many -x c - <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int
main(int argc, char **argv)
{
	size_t kb = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	void **blocks = malloc(kb / 128 * sizeof(*blocks));
	pid_t child;

	for (size_t i = 0; i < kb / 128; i++)
		if ((blocks[i] = malloc(128 << 10)) == NULL)
			return 1;
	child = fork();
	printf("%s %s", child < 0 ? "stuck" : "forked", malloc(kb << 10) != NULL ? "given" : "refused");
	for (size_t i = 0; i < kb / 128; i++)
		free(blocks[i]);
	return child < 0 || fork() < 0;
}
END
  kb=$(awk '$1 == "MemTotal:" || $1 == "SwapTotal:" { kb += $2 } END { printf "%d", kb * 1.2 }' /proc/meminfo)
  run -0 env LD_PRELOAD="$SHIM" WEIR_OPTIONS=stats=off "$BATS_TEST_TMPDIR/many" "$kb"
  [[ $output = "forked refused"* ]]
}
