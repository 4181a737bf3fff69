/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A gzip member around bytes that are not compressed: some who take profiles take nothing else
 * (Parca, the store of Pyroscope), and this needs no library. Called by export_pprof.c.
 */
#ifndef TOOLS_EXPORT_GZIP_H
#define TOOLS_EXPORT_GZIP_H

#include <stddef.h>
#include <stdio.h>

/* Errors are the stream's. */
void export_gzip(const unsigned char *bytes, size_t n, FILE *out);

#endif
