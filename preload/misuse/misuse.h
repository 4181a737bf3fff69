/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proven misuse of a block of weir's: the one case in which weir ends the host, as glibc would,
 * after one line that says what was done to which block.
 */
#ifndef PRELOAD_MISUSE_H
#define PRELOAD_MISUSE_H

#include "pool/span.h"
#include "preload/ground/say.h"

/* `call`: the function the host called, e.g. "free". p lies in a region of weir's. */
_Noreturn void misuse(const char *call, const void *p);

/* A block being freed, of which the byte `at`, behind its end, was overwritten. */
_Noreturn void misuse_overrun(const struct weir_span *s, const void *at);

/* For a fault at p, which lies in a region of weir's: what was there. Takes no lock. */
void misuse_describe_fault(struct line *l, const void *p);

#endif
