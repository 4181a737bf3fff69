/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libdw.a and libelf.a of elfutils 0.191 and later want of their library libeu, which is not packaged: trees of the
 * C library's, whose root is the first member of what they call a search tree. The command reads with one thread, so
 * the lock behind it is left alone.
 */
#include <search.h>
#include <stddef.h>

typedef int compare_keys(const void *, const void *);

struct search_tree {
	void *root;
};

void eu_search_tree_init(struct search_tree *tree);
void eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *));
void *eu_tsearch(const void *key, struct search_tree *tree, compare_keys *compare);
void *eu_tfind(const void *key, struct search_tree *tree, compare_keys *compare);
void *eu_tdelete(const void *key, struct search_tree *tree, compare_keys *compare);
void eu_tdestroy(struct search_tree *tree, void (*free_node)(void *));

void
eu_search_tree_init(struct search_tree *tree)
{
	tree->root = NULL;
}

void
eu_tdestroy(struct search_tree *tree, void (*free_node)(void *))
{
	tdestroy(tree->root, free_node);
	tree->root = NULL;
}

void
eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *))
{
	eu_tdestroy(tree, free_node);
}

void *
eu_tsearch(const void *key, struct search_tree *tree, compare_keys *compare)
{
	return tsearch(key, &tree->root, compare);
}

void *
eu_tfind(const void *key, struct search_tree *tree, compare_keys *compare)
{
	return tfind(key, &tree->root, compare);
}

void *
eu_tdelete(const void *key, struct search_tree *tree, compare_keys *compare)
{
	return tdelete(key, &tree->root, compare);
}
