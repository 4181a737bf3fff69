/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A module's symbols, sorted once, so that a frame costs a binary search: libdwfl's own look-up walks
 * all symbols, and node has 150,000. Called by symbolize.c only. The answers are those of
 * dwfl_module_addrname (tests/unit/test_symbol_table.c compares them).
 */
#ifndef TOOLS_SYMBOL_TABLE_H
#define TOOLS_SYMBOL_TABLE_H

#include <elfutils/libdwfl.h>

struct symbol_table;

/* Never NULL; exits through tell_no_memory. The module must outlive it. */
struct symbol_table *symbol_table_new(Dwfl_Module *module);
void symbol_table_free(struct symbol_table *t);

/* The name as it is in the file, valid as long as the module, or NULL. */
const char *symbol_table_find(const struct symbol_table *t, GElf_Addr address);

#endif
