/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder that a program's own lines have in common. Names are shown without it, as the beginning of all paths says
 * nothing; what programs read keeps whole paths.
 */
#ifndef TOOLS_APP_ROOT_H
#define TOOLS_APP_ROOT_H

#include "tools/names/growth_place.h"

#define APP_ROOT_MAX 1024 /* bytes of a folder, and of a name that is shown */

/* By names alone: where the program's dependencies lie, else the common beginning. "/srv/app/", or "" if there is none. */
void app_root_find(char root[APP_ROOT_MAX], struct growth_places *p);

/* A name with its path from `root` on: `name` itself, or in `buf`. `root` may be NULL. Not cleaned. */
const char *app_root_cut(const char *root, char buf[APP_ROOT_MAX], const char *name);

#endif
