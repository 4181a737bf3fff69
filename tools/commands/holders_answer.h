/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole way from a heap snapshot's file to groups of holders, in passes. For `weir holders` and its fuzzer.
 */
#ifndef TOOLS_HOLDERS_ANSWER_H
#define TOOLS_HOLDERS_ANSWER_H

#include "tools/model/holders.h"
#include "tools/model/holders_names.h"

struct holders_answer {
	struct heapsnap snap;
	struct heapsnap_targets targets;
	struct holders holders;
	struct holders_names names;
};

/*
 * 0, or -errno with a sentence in a->snap.why; holders_answer_free in any case. Not more than `most` bytes are kept
 * at any time. Texts are read for the first `shown` groups, after those of the lines that are `asked` have been put
 * first (NULL: none are).
 */
int holders_answer_make(struct holders_answer *a, int fd, size_t most,
			const struct holders_line *lines, size_t n_lines,
			const bool *asked, size_t shown);
void holders_answer_free(struct holders_answer *a);

#endif
