/* SPDX-License-Identifier: Apache-2.0 */
/* Heap snapshots as text, and what is read from them. */
#ifndef TESTS_SNAPSHOT_H
#define TESTS_SNAPSHOT_H

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tools/commands/holders_answer.h"
#include "tools/view/holders_view.h"

#define MOST (64u << 20)

/* Types of nodes and edges are given by number, as V8 has them. */
#define HEAD(nodes, edges)                                                               \
	"{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\","            \
	"\"self_size\",\"edge_count\"],\"node_types\":[[\"hidden\",\"array\","           \
	"\"string\",\"object\",\"code\",\"closure\",\"regexp\",\"number\",\"native\","   \
	"\"synthetic\"],\"string\"],\"edge_fields\":[\"type\",\"name_or_index\","        \
	"\"to_node\"],\"edge_types\":[[\"context\",\"element\",\"property\","            \
	"\"internal\",\"hidden\",\"shortcut\",\"weak\"]]},\"node_count\":" #nodes        \
	",\"edge_count\":" #edges "},\n"
#define STRINGS                                                                          \
	"\"strings\":[\"\",\"global\",\"system / JSArrayBufferData\",\"a\",\"b\","       \
	"\"next\",\"L\",\"7\",\"(External strings)\",\"(GC roots)\"]}"

static struct holders_answer answer;

static int
read_snapshot(const char *text, size_t most, const struct holders_line *lines, size_t n)
{
	int fd = memfd_create("snapshot", MFD_CLOEXEC);
	int rc = -EIO;

	if (write(fd, text, strlen(text)) == (ssize_t)strlen(text))
		rc = holders_answer_make(&answer, fd, most, lines, n, NULL, 100);
	close(fd);
	return rc;
}

static inline const char *
way_of(uint32_t shape)
{
	static char *text;
	struct holders_view v = {.holders = &answer.holders, .names = &answer.names};

	free(text);
	text = NULL;
	if (shape == HOLDERS_NOWHERE)
		return "(nowhere)";
	text = holders_way(&v, shape);
	return text;
}

static inline const char *
way(size_t group)
{
	return group < answer.holders.n_groups
		       ? way_of(answer.holders.groups[group].shape)
		       : "(no such group)";
}

#endif
