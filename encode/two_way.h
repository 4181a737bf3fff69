/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two-Way string matching (Crochemore and Perrin 1991): linear time, no memory of its own. For
 * search.c, when its filter meets a text that defeats it.
 */
#ifndef ENCODE_TWO_WAY_H
#define ENCODE_TWO_WAY_H

#include <stddef.h>
#include <stdint.h>

/* Where `needle` of m bytes (at least one) lies in `bytes`, or SIZE_MAX. */
size_t two_way_find(const uint8_t *bytes, size_t n, const uint8_t *needle, size_t m);

#endif
