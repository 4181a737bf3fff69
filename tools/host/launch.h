/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What it takes to start a program under weir: where the shim and the program are, and the
 * texts of LD_PRELOAD and WEIR_OPTIONS. Nothing here changes the environment.
 */
#ifndef TOOLS_LAUNCH_H
#define TOOLS_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define LAUNCH_SHIM	  "libweir_preload.so"
#define LAUNCH_SEPARATORS ": " /* of LD_PRELOAD */

/*
 * The shim's absolute path: $WEIR_PRELOAD if that is set, else beside this program as in a
 * build folder, else where it was installed; if there are several, the one for a program of `musl` or else of glibc
 * (that for musl may lie in a folder "musl" beside the other). Returns 0, or -ENOENT with a sentence in `why`
 * that names the places tried. Where the path cannot stand in LD_PRELOAD it is that of a link, which is
 * made if need be (tools/host/shim_link.h).
 */
int launch_find_shim(bool musl, char *path, size_t size, char *why, size_t why_size);

/* False if there is a shim, but none for programs of this C library: they may not even start with it. */
bool launch_serves(bool musl);

/*
 * The value of LD_PRELOAD with the shim added to what is there: behind it, but in front of the
 * first allocator (jemalloc, mimalloc, tcmalloc, ..., told by its file name), which would
 * otherwise take every call before weir sees it. `old` may be NULL. A shim of the same file name
 * that is already there stays, whatever its folder: two would be one too many. To be freed. Pure.
 */
char *launch_preload(const char *old, const char *shim);

/*
 * LD_PRELOAD without a shim that is built for another C library than the program's: that of musl would end a program of glibc. To be
 * freed.
 */
char *launch_fitting(const char *old, bool musl);

/* The part of LD_PRELOAD whose file name is the shim's, copied into `path`. Pure. */
bool launch_preloaded(const char *preload, char *path, size_t size);

/* True if an allocator, copied into `path`, stands in front of the shim. Pure. */
bool launch_allocator_first(const char *preload, char *path, size_t size);

/*
 * WEIR_OPTIONS with name=value behind what is there, commas and backslashes of the value
 * escaped. `old` may be NULL. To be freed. Pure.
 */
char *launch_options(const char *old, const char *name, const char *value);

/*
 * A path for the option `stats` made absolute, since the program may change its folder; "auto"
 * and "off" stay. To be freed. Returns NULL if the current folder has no name.
 */
char *launch_stats_absolute(const char *value);

/*
 * The file that execvp would run for `name`. Returns 0, -ENOENT or -EACCES. `search` is the
 * value of PATH or NULL.
 */
int launch_find_command(const char *name, const char *search, char *path, size_t size);

#endif
