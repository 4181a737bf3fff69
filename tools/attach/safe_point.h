/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a thread that stands still may be made to call dlopen where it is: it must hold no lock that dlopen takes,
 * and be in the midst of nothing that a call would disturb. Pure: a stack in, the reason against it out.
 */
#ifndef TOOLS_SAFE_POINT_H
#define TOOLS_SAFE_POINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a dlopen and the library's constructor take is far less. */
#define SAFE_POINT_ROOM ((uint64_t)96 << 10)

enum safe_object {
	SAFE_PROGRAM, /* any other, and what a JIT made */
	SAFE_LIBC,
	SAFE_LOADER,
	SAFE_ALLOCATOR, /* what defines malloc, where that is not the C library */
	SAFE_VDSO,
	SAFE_SIGNAL, /* the kernel's frame of a signal handler */
};

struct safe_frame {
	enum safe_object object;
	/* Exported by the C library and around the address, or what was called there; NULL: none known. */
	const char *function;
};

struct safe_stack {
	const struct safe_frame *frames; /* innermost first */
	size_t n;
	bool whole;   /* read to where the thread began */
	bool in_call; /* a system call that the kernel has interrupted */
	uint64_t room_bytes;
	bool amx;	   /* more registers than a signal frame of ours has */
	bool shadow_stack; /* returns are checked: ours would be a wrong one */
};

/* NULL: it may. Else why not, a few words. */
const char *safe_point_against(const struct safe_stack *s);

/*
 * Of what /proc/PID/task/TID/syscall says, how well a thread suits: 0 best; SAFE_POINT_NEVER: it must not even be
 * stopped. Pure, like those below.
 */
#define SAFE_POINT_RANKS 6
#define SAFE_POINT_NEVER SAFE_POINT_RANKS
int safe_point_rank(const char *syscall_text);

/* What is read from, where that may be a socket with a time limit of its own (SO_RCVTIMEO), or -1; and the rank then. */
int safe_point_file(const char *syscall_text);
int safe_point_rank_bounded(int rank);

/* The rank where no call may be changed: see safe_return.h. */
int safe_point_rank_filtered(int rank);

/* Where its stack pointer is, likewise; false: it runs. */
bool safe_point_stack(const char *syscall_text, uint64_t *sp);

/*
 * Of a thread that the C library made: its record at `thread` (where its thread pointer points), as words, says
 * somewhere where its stack begins and how long it is; the record is at that stack's end. How much is left below `sp`,
 * 0 if that is not on this stack: a coroutine's. Pure.
 */
#define SAFE_POINT_RECORD 288
uint64_t safe_point_room(const uint64_t *words, size_t n, uint64_t thread, uint64_t sp);

#endif
