/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What publishing needs to know of capturing and of the sites. Inside this folder only.
 */
#ifndef TRACE_CAPTURE_H
#define TRACE_CAPTURE_H

#include <stdint.h>

struct capture_counts {
	uint64_t ns, captures, hits;
};
void capture_counts(struct capture_counts *c);
void capture_after_fork(void);
void publish_after_fork(void);

/* What weir_trace_start was told, and when. */
struct sites_settings {
	uint64_t exact_bytes, started_ns;
};
extern struct sites_settings sites_settings;

/* The site of a stack, made on first sight; 0 when full. Under the trace's lock. */
uint32_t sites_of(uint32_t stack, uint32_t caller_kind, uint32_t thread);

/* Sites changed since they were last asked for; see publish.c. */
#define SITES_WORDS (8192 / 64)
extern _Atomic uint64_t sites_changed[SITES_WORDS];

/* Major collections that passed over what a site's thread allocated. */
struct ledger_site;
uint32_t sites_majors(const struct ledger_site *s);

/* Brings a site's ages up to that; needs its lock, or that nobody else is about. */
void sites_age(struct ledger_site *s);

#endif
