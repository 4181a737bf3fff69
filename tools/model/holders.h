/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways to the objects of a heap snapshot, those of one shape put together, beside the lines that allocate blocks
 * of their size. Pure.
 */
#ifndef TOOLS_HOLDERS_H
#define TOOLS_HOLDERS_H

#include "tools/read/heapsnap_tree.h"

/* Names of edges that are no string of the snapshot. */
#define HOLDERS_INDEX	HEAPSNAP_NONE	    /* any element, any entry of a table */
#define HOLDERS_PAIR	(HEAPSNAP_NONE - 1) /* a WeakMap's value, through its key */
#define HOLDERS_KEY	(HEAPSNAP_NONE - 2) /* any property of an object that has many */
#define HOLDERS_MANY	8		    /* that many */
#define HOLDERS_NOWHERE HEAPSNAP_NONE	    /* a group's shape: nothing leads there */

/* A step of ways of the same shape: ways that differ in indices or in how often they go round are of one. */
struct holders_step {
	uint32_t before; /* the step before it; the first has itself */
	uint32_t edge_name, node_name;
	uint8_t edge_type, node_type;
	uint8_t again; /* the last so many steps come several times */
	uint16_t depth;
	uint32_t closure; /* HEAPSNAP_NONE or a node of it: of closures */
};

/* Blocks of one line of code, as a trace knows them. */
struct holders_line {
	uint32_t place; /* which of the caller's lines */
	uint8_t kind;	/* enum heapsnap_target_kind */
	bool alike;	/* all blocks seem to be of `size` */
	uint64_t size;	/* the mean */
	uint64_t count, bytes;
};

enum holders_link {
	HOLDERS_NO_LINK,
	HOLDERS_BY_SIZE,  /* the only line with blocks of this size */
	HOLDERS_BY_SIZES, /* one of several lines with such blocks */
	HOLDERS_BY_TYPE,  /* the only line with blocks of this type, sizes not known */
};

struct holders_group {
	uint32_t shape; /* its last step, HOLDERS_NOWHERE */
	uint32_t line;	/* of the lines given, HEAPSNAP_NONE */
	uint8_t kind, link;
	uint64_t count, bytes; /* of all there are: if sampled, by those looked at */
	uint64_t least, most;
	bool sampled;
	uint32_t views;	  /* of the object with most of them */
	uint32_t example; /* id of the largest object */
	uint64_t example_size;
};

/* The one object that most of what was looked at hangs on; bytes 0: there is none. */
struct holders_most {
	uint32_t shape; /* its last step */
	uint32_t next;	/* the step behind it that has most of that, or HOLDERS_NOWHERE */
	uint64_t bytes, total; /* behind it, of all ways */
	uint64_t next_count;   /* objects at that step */
	bool at_least;	       /* ... or more: not all were looked at */
};

struct holders {
	struct holders_step *steps;
	size_t n_steps, steps_room;
	struct holders_group *groups; /* most bytes first, then most objects */
	size_t n_groups, groups_room;
	bool crowded; /* there were more shapes than are kept apart: some end early */
	uint64_t apart, apart_bytes; /* objects in more groups than there may be */
	bool sampled;		     /* some groups are */
	struct holders_most most;
};

/* 0, or -ENOMEM with a sentence in s->why. Lines by kind and size; they may be none. */
int holders_make(struct holders *h, struct heapsnap *s, const struct heapsnap_tree *tree,
		 const struct heapsnap_targets *t, const struct holders_line *lines,
		 size_t n_lines);
void holders_free(struct holders *h, struct heapsnap *s);

/* The line that allocates blocks as this object has one, HEAPSNAP_NONE; and how that is known. */
uint32_t holders_line_of(const struct holders_line *lines, size_t n_lines,
			 const struct heapsnap_target *t, uint8_t *link);

#endif
