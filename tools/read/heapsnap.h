/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A V8 heap snapshot, read in passes: its file is foreign, and may be larger than memory. No pass keeps the nodes or
 * the edges; what is kept is counted against a bound. Node ids, names and indices are only handed out once they are
 * known to be in range. Names are foreign text: print them through show_clean or json_string.
 */
#ifndef TOOLS_HEAPSNAP_H
#define TOOLS_HEAPSNAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAPSNAP_WHY  256
#define HEAPSNAP_NAME 256 /* bytes of a string that are looked at, with the end */
#define HEAPSNAP_NONE UINT32_MAX

/* X(id, name in the file) */
#define HEAPSNAP_NODE_TYPES(X)                                                           \
	X(HIDDEN, "hidden")                                                              \
	X(ARRAY, "array")                                                                \
	X(STRING, "string")                                                              \
	X(OBJECT, "object")                                                              \
	X(CODE, "code")                                                                  \
	X(CLOSURE, "closure")                                                            \
	X(REGEXP, "regexp")                                                              \
	X(NUMBER, "number")                                                              \
	X(NATIVE, "native")                                                              \
	X(SYNTHETIC, "synthetic")                                                        \
	X(CONS, "concatenated string")                                                   \
	X(SLICED, "sliced string")                                                       \
	X(SYMBOL, "symbol")                                                              \
	X(BIGINT, "bigint")                                                              \
	X(SHAPE, "object shape")                                                         \
	X(WASM, "wasm object")

enum heapsnap_node_type {
#define X(id, name) HEAPSNAP_##id,
	HEAPSNAP_NODE_TYPES(X)
#undef X
		HEAPSNAP_N_NODE_TYPES /* one that is not known */
};

#define HEAPSNAP_EDGE_TYPES(X)                                                           \
	X(CONTEXT, "context")                                                            \
	X(ELEMENT, "element")                                                            \
	X(PROPERTY, "property")                                                          \
	X(INTERNAL, "internal")                                                          \
	X(HIDDEN, "hidden")                                                              \
	X(SHORTCUT, "shortcut")                                                          \
	X(WEAK, "weak")

enum heapsnap_edge_type {
#define X(id, name) HEAPSNAP_EDGE_##id,
	HEAPSNAP_EDGE_TYPES(X)
#undef X
		HEAPSNAP_N_EDGE_TYPES
};

/* Names that mean something to weir. */
#define HEAPSNAP_KNOWN(X)                                                                \
	X(BUFFER_DATA, "system / JSArrayBufferData")                                     \
	X(EXTERNAL_STRINGS, "(External strings)")                                        \
	X(MAP_DESCRIPTORS, "(map descriptors)")                                          \
	X(SLOPPY_MAP, "sloppy_function_map")                                             \
	X(NATIVE_CONTEXT, "system / NativeContext")                                      \
	X(VIEWED, "buffer")

enum heapsnap_known {
#define X(id, text) HEAPSNAP_KNOWN_##id,
	HEAPSNAP_KNOWN(X)
#undef X
		HEAPSNAP_N_KNOWN
};

struct heapsnap_section {
	uint64_t begin, end; /* bytes of the file; 0, 0: not there */
};

struct heapsnap_pair { /* a string that names a pair of a WeakMap */
	uint32_t name;
	uint64_t table; /* id of the WeakMap's table */
};

struct heapsnap {
	int fd; /* the caller's */
	uint64_t size;
	struct heapsnap_section nodes, edges, strings;
	uint32_t n_node_fields, n_edge_fields;
	uint32_t type_at, name_at, id_at, size_at, count_at; /* fields of a node */
	uint32_t edge_type_at, edge_name_at, edge_to_at;     /* fields of an edge */
	uint8_t node_types[32], edge_types[16];		     /* the file's to ours */
	uint32_t n_nodes;
	uint64_t n_edges;
	uint32_t n_strings; /* once heapsnap_learn has run */
	uint32_t known[HEAPSNAP_N_KNOWN];
	uint64_t
		*numeric; /* bit: the string is a number, as names of table entries are */
	size_t numeric_room, pairs_room;
	struct heapsnap_pair *pairs;
	size_t n_pairs;
	size_t used, most; /* bytes that are kept, and may be */
	char why[HEAPSNAP_WHY];
};

struct heapsnap_node {
	uint32_t ordinal, name;
	enum heapsnap_node_type type;
	uint64_t id, size;
};

struct heapsnap_edge {
	enum heapsnap_edge_type type;
	uint32_t name; /* of an element or a hidden edge its index, else a string */
	uint32_t to;
	bool holds; /* false: weak, or otherwise nothing that keeps `to` alive */
};

/* Either may be NULL. They return 0, or an error that ends the pass. */
typedef int heapsnap_on_node(void *context, const struct heapsnap_node *n);
typedef int heapsnap_on_edge(void *context, const struct heapsnap_node *from,
			     const struct heapsnap_edge *e);
/* `text` is terminated, and cut to HEAPSNAP_NAME. */
typedef int heapsnap_on_string(void *context, uint32_t index, const char *text);

/*
 * All return 0 or -errno with a sentence in `why`: -EBADMSG damaged or cut, -EINVAL no heap snapshot, -ENOMEM would
 * need more than `most` bytes, and errors of reading.
 *
 * The first finds what is where, in one look over the file. After the second the names that mean something are
 * known, which the passes want.
 */
int heapsnap_open(struct heapsnap *s, int fd, size_t most);
int heapsnap_learn(struct heapsnap *s);
int heapsnap_each(struct heapsnap *s, heapsnap_on_node *on_node,
		  heapsnap_on_edge *on_edge, void *context);
int heapsnap_strings(struct heapsnap *s, heapsnap_on_string *on_string, void *context);
void heapsnap_close(struct heapsnap *s);

/* Notes the sentence and returns `error`. */
int heapsnap_fail(struct heapsnap *s, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Room for `n` elements, counted; `*room` says how many there is room for. What is new is not cleared. */
int heapsnap_room(struct heapsnap *s, void *array, size_t *room, size_t n, size_t bytes);
void heapsnap_drop(struct heapsnap *s, void *array, size_t *room, size_t bytes);

static inline bool
heapsnap_bit(const uint64_t *bits, uint32_t i)
{
	return (bits[i / 64] >> i % 64 & 1) != 0;
}

static inline void
heapsnap_set_bit(uint64_t *bits, uint32_t i)
{
	bits[i / 64] |= UINT64_C(1) << i % 64;
}

static inline bool
heapsnap_is_numeric(const struct heapsnap *s, uint32_t name)
{
	return name < s->n_strings && heapsnap_bit(s->numeric, name);
}

bool heapsnap_is_pair(const struct heapsnap *s, uint32_t name, uint64_t *table);

#endif
