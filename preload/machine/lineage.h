/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process was started as, and by whom: it goes into the sidecar's header, so that readers can name it and
 * show which processes belong together, also when they have ended.
 */
#ifndef PRELOAD_LINEAGE_H
#define PRELOAD_LINEAGE_H

#include <stdbool.h>

#include "weir/stats.h"

/* Fills `ancestors` and `command`; empty where /proc does not tell. Under the rules of small_file.h. */
void lineage_fill(struct weir_stats_header *h);

/*
 * Programs write over their arguments: npm first "npm", then "npm start"; pm2's container, which is the script by its
 * arguments, "node /srv/app/server.js". So `command` is read again a few times; a title of one word says less than a
 * script. Whether it is another one now.
 */
bool lineage_look_again(struct weir_stats_header *h);

#endif
