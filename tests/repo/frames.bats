#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# How much stack the shim takes of its hosts' threads, which may have 16 KB and in a signal handler 4 KB. Out of
# what gcc says of each function (-fcallgraph-info): without inline assembly, other libraries' functions and V8's.

load repo

# Not on a host's thread, or only while the process starts or is about to end.
#   boot, settings_read, settings_take: constructors, on the stack that the program began with (or weir attach has chosen)
#   close_listed: the clock's own thread
EXEMPT='^(boot|settings_read|settings_take|close_listed|say_rows)$'

setup() {
  shopt -s nullglob
  cd "$WEIR_BUILDDIR" || return 1
  infos=(observe/*.ci preload/{,*/}*.ci pool/*.ci trace/*/*.ci policy/*.ci)
  [ "${#infos[@]}" -gt 50 ] || skip "not made by a gcc that knows -fcallgraph-info"
  grep -q '^CFLAGS =.*-O[23s]' Makefile || skip "not optimised"
}

@test "no function that runs on a host's thread has a frame above 1 KB" {
  frames=$(sed -n 's/^node: { title: "[^"]*" label: "\([^\\]*\)\\n[^\\]*\\n\([0-9]*\) bytes.*/\2 \1/p' "${infos[@]}" | sort -rn)
  [ "$(wc -l <<<"$frames")" -gt 300 ]
  large=$(awk -v exempt="$EXEMPT" '$1 > 1024 && $2 !~ exempt' <<<"$frames")
  echo "$large"
  [ -z "$large" ]
}

# deepest BYTES ROOT...: no chain of calls from a root takes more. Calls through pointers go to pages_system's functions,
# to what wakes a child, and to the sink of a sidecar.
deepest() {
  local most=$1 chains
  shift
  chains=$("$WEIR_SRCDIR/scripts/deepest" -v ROOTS="$*" -v INDIRECT='^(pages_.*|wake|put_trace)$' "${infos[@]}")
  echo "$chains"
  awk -v most="$most" '$1 == 0 || $1 > most { bad = 1 } END { exit bad }' <<<"$chains"
}

@test "no request takes more than 4.5 KB of stack, the clock's work and a stack's walk included" {
  deepest 4608 malloc calloc realloc posix_memalign preload/entries/sampler.c:chosen_malloc
  deepest 4608 preload/entries/observe.c:observed \
    observe/hooks.c:large_malloc observe/hooks.c:known_realloc
  deepest 3072 free malloc_usable_size malloc_trim mallinfo2 weir_scratch_get weir_scratch_ref weir_scratch_unref
  deepest 3072 preload/entries/retry.c:made_room_for_call
}

@test "nor does fork, the end of a thread or of the process more than 2.5 KB" {
  deepest 2560 preload/entries/fork.c:before preload/entries/fork.c:after_in_parent preload/entries/fork.c:after_in_child \
    pool/magazine.c:bury preload/boot.c:end
}
