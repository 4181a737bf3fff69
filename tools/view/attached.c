/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A header is untrusted: times may lie in any order.
 */
#include "tools/view/attached.h"

#include "tools/text/json.h"
#include "tools/text/show.h"

static uint64_t
since(uint64_t from, uint64_t to)
{
	return to > from ? to - from : 0;
}

bool
attached_text(char text[ATTACHED_TEXT], const struct weir_stats_header *h,
	      uint64_t now_unix_ns)
{
	uint64_t from = h->attached_unix_ns, to = h->detached_unix_ns;
	char a[SHOW_VALUE], b[SHOW_VALUE];

	if (from == 0)
		return false;
	if (to == 0)
		show_format(text, ATTACHED_TEXT,
			    "attached %s ago: older blocks are not seen",
			    show_duration(a, since(from, now_unix_ns)));
	else
		show_format(text, ATTACHED_TEXT,
			    "detached %s ago, after %s: blocks of before and after are "
			    "not seen",
			    show_duration(a, since(to, now_unix_ns)),
			    show_duration(b, since(from, to)));
	return true;
}

void
attached_put(struct json *j, const struct weir_stats_header *h)
{
	if (h->attached_unix_ns == 0)
		return;
	json_u64(j, "attached_unix_ns", h->attached_unix_ns);
	json_u64(j, "detached_unix_ns", h->detached_unix_ns);
}
