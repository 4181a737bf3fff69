/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of the sidecar's PROFILE: finer sizes, and how long memory lies free and blocks live.
 * The writer counts by these, `weir tune` reads by them. Pure.
 */
#ifndef POLICY_PROFILE_H
#define POLICY_PROFILE_H

#include <stdint.h>

#include "include/weir/stats.h"

/* The row of a request. */
uint32_t weir_profile_row(uint64_t bytes);

/* The largest request that a row counts; UINT64_MAX for the last. */
uint64_t weir_profile_limit(uint32_t row);

/* The field that counts a request served by memory that had been free for so long. */
enum weir_profile_field weir_profile_idle(int64_t idle_ns);

/* The longest such time that a field counts, in ms; UINT64_MAX for the last. */
uint64_t weir_profile_idle_limit(uint32_t field);

/* The field that counts a block freed at such an age. */
enum weir_profile_field weir_profile_life(uint64_t life_ms);

#endif
