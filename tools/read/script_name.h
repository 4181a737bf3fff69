/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person calls a process: "node server.js", "npm run build", "python3 -m http.server".
 */
#ifndef TOOLS_SCRIPT_NAME_H
#define TOOLS_SCRIPT_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/read/sidecar.h"

#define SCRIPT_NAME_BYTES 96

/*
 * Of arguments, each ended by a zero, of `bytes` bytes: the program, and of an interpreter the script that it runs. Of
 * other programs no arguments, and nothing behind the script: they may be secrets. `v8`: it runs JavaScript, whatever
 * the program is called. "" of no arguments. Pure.
 */
void script_name_of(const char *arguments, size_t bytes, bool v8,
		    char name[SCRIPT_NAME_BYTES]);

/* Of the process of a sidecar; where it does not say, the program's file without its folder. */
const char *script_name(const struct sidecar *s, char name[SCRIPT_NAME_BYTES]);

#endif
