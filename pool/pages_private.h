/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pages.c and pages_move.c share. Nobody else includes it. See struct weir_pages for the contracts.
 */
#ifndef POOL_PAGES_PRIVATE_H
#define POOL_PAGES_PRIVATE_H

#include "pool/pages.h"

/* Applies weir_pages_tune to address space that is new. */
void pages_tune_reserved(void *addr, size_t bytes);

/* A new mapping in place of what is there. 0 or -errno. */
int pages_map_anew(void *addr, size_t bytes, int protection);

int64_t pages_resident(void *addr, size_t bytes);
int pages_move(void *from, void *to, size_t bytes);

#endif
