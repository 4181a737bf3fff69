/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Views (weir/bytes.h): a range of a scratch block and a reference to it, which the pool counts.
 */
#include <errno.h>

#include "encode/state.h"
#include "weir/bytes.h"
#include "weir/scratch.h"

EXPORT int
weir_view_of(struct weir_view *view, void *block, size_t offset, size_t n)
{
	int saved_errno = errno;

	/* The reference first: without one, the block might be released and reused meanwhile. */
	if (weir_scratch_ref(block) == NULL) {
		int rc = -errno;

		errno = saved_errno;
		return rc;
	}
	size_t capacity = weir_scratch_capacity(block);
	if (offset > capacity || n > capacity - offset) {
		weir_scratch_unref(block);
		return -ERANGE;
	}
	*view = (struct weir_view){(const uint8_t *)block + offset, n, block};
	return 0;
}

EXPORT int
weir_view_slice(struct weir_view *view, const struct weir_view *from, size_t start,
		size_t end)
{
	struct weir_view part = weir_view_borrow(from, start, end);
	int saved_errno = errno, rc = 0;

	part.parent = from->parent;
	if (part.parent != NULL && weir_scratch_ref(part.parent) == NULL)
		rc = -errno;
	else
		*view = part;
	errno = saved_errno;
	return rc;
}

EXPORT int
weir_view_release(struct weir_view *view)
{
	int rc = view->parent != NULL ? weir_scratch_unref(view->parent) : 0;

	*view = (struct weir_view){NULL, 0, NULL};
	return rc;
}
