/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of pages share. Nobody else includes it. See struct weir_pages for the contracts.
 */
#ifndef POOL_PAGES_PRIVATE_H
#define POOL_PAGES_PRIVATE_H

#include <sys/mman.h>

#include "pool/pages.h"

/* The same for all, so that what lies side by side is one mapping; see pages.c. */
#define PAGES_FLAGS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

/* Whether weir_pages_spare_calls was called. */
bool pages_sparing(void);

/* False: weir_pages_forbid was called for one of these WEIR_CALL_. */
bool pages_may(unsigned calls);

/* Applies weir_pages_tune to address space that is new. */
void pages_tune_reserved(void *addr, size_t bytes);

/* A new mapping in place of what is there. 0 or -errno. */
int pages_map_anew(void *addr, size_t bytes, int protection);

/* Whether somebody is to see how pages come and go: for ever, once it is so. */
bool pages_watched(void);

/* The members of weir_pages_system, which stands in pages_move.c. */
void *pages_reserve(size_t bytes, size_t align);
int pages_commit(void *addr, size_t bytes);
void pages_prepare(void *addr, size_t bytes, bool zero);
int pages_purge(void *addr, size_t bytes);
int pages_purge_many(const struct iovec *ranges, int n);
int pages_offer(void *addr, size_t bytes);
int pages_reset(void *addr, size_t bytes);
int pages_renew(void *addr, size_t bytes);
int pages_release(void *addr, size_t bytes);
void *pages_meta(size_t bytes);
int64_t pages_resident(void *addr, size_t bytes);

#endif
