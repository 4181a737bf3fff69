/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The executable mappings of files, with what their ELF headers in memory say.
 */
#ifndef TRACE_CODE_MODULES_H
#define TRACE_CODE_MODULES_H

#include "trace/native/code.h"
#include "trace/native/maps.h"

/* The module's number, from 1 on, made if it is new; 0: there is no room. One caller at a time; `header` as in code.h. */
uint16_t code_modules_add(const struct maps_line *line, uint64_t header);

/* From any thread. */
struct code_module *code_modules_get(uint16_t number);
uint32_t code_modules_count(void);

#endif
