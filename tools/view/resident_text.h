/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The account of resident memory in words and as JSON, the same wherever it is shown.
 */
#ifndef TOOLS_RESIDENT_TEXT_H
#define TOOLS_RESIDENT_TEXT_H

#include <stdio.h>

#include "tools/model/resident.h"

/* "resident 100 MB = 20 MB live in weir + ..." */
void resident_text_sum(const struct resident *r, FILE *out);

/* How old it is, what of V8's heap and the next allocator is in use, and what is not known. */
void resident_text_notes(const struct resident *r, FILE *out, int indent);

/* Keys of the object that is open. */
struct json;
void resident_json(struct json *j, const struct resident *r);

#endif
