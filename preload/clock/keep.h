/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept where there is no clock: each request looks whether more is wanted, each free does its own part of
 * giving back. Inside the gate, after ready_make.
 */
#ifndef PRELOAD_KEEP_H
#define PRELOAD_KEEP_H

#include <stddef.h>
#include <stdint.h>

/* The host asked for something; `freed` bytes came back, or 0. */
void keep_asked(size_t freed, int64_t now_ns);

/* So much is kept at most. Any time. */
uint64_t keep_most(void);

/* So much of it is not offered to the kernel; 0: all of it. One thread at a time. */
uint64_t keep_firm(int64_t now_ns);

/* What limits allow to be kept, and to be lent and kept together, whatever is lent at the time. */
void keep_limit(uint64_t kept_bytes, uint64_t held_bytes);

/* What was learned is forgotten. */
void keep_little(int64_t now_ns);

/* The host forks, and has one thread. */
void keep_for_fork(int64_t now_ns);

void keep_after_fork(void);

#endif
