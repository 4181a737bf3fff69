/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of policy/options.def as command-line options. Used by `weir run`.
 */
#ifndef TOOLS_OPTION_ARGS_H
#define TOOLS_OPTION_ARGS_H

#include <stdio.h>

/*
 * Takes one option off the front of argv. *options is the text of WEIR_OPTIONS so far (NULL:
 * what the environment holds) and becomes a new one, allocated, with the option behind it.
 * Returns how many arguments it took, 0 if argv[0] is no option of weir, or -1 after an error
 * has been told.
 */
int option_args_take(int argc, char **argv, char **options);

/* Name, default, unit and help of each. */
void option_args_print_table(FILE *out);

#endif
