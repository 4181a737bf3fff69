/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which word was meant by one that is mistyped.
 */
#ifndef TOOLS_NEAREST_H
#define TOOLS_NEAREST_H

#include <stddef.h>

/*
 * How many letters must be put in, taken out or changed to make `b` of `a`. What is longer than 31 letters
 * is as far away as it is long. Pure.
 */
size_t nearest_distance(const char *a, const char *b);

/* Two slips of the finger are a typing error, in a short word one; more is another word. Pure. */
int nearest_is_slip(const char *typed, const char *meant);

#endif
