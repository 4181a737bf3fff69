/* SPDX-License-Identifier: Apache-2.0 */
/*
 * weir_index_of: a filter looks for two bytes of the needle at their distance, many places at a
 * time, and what it lets through is compared. A text that makes it let through too much is
 * left to Two-Way, so that the time stays linear.
 */
#include "encode/state.h"
#include "encode/two_way.h"
#include "weir/bytes.h"

/*
 * How many bytes may be compared in vain before Two-Way takes over: so many, and so many more for each
 * byte of text that the filter has passed.
 */
#define WORK_FREE 4096
#define WORK_BYTE 4
/* Only so much of a needle is looked at to choose its two bytes. */
#define CHOOSE_MAX 4096

/*
 * The two bytes that are the rarest within the needle: a byte that stands out there is the best
 * guess at one that is rare in the text. Places in ascending order, different if they can be.
 */
static void
choose_pair(const uint8_t *needle, size_t m, size_t places[2])
{
	uint16_t count[256] = {0};
	size_t n = m < CHOOSE_MAX ? m : CHOOSE_MAX, rare = n - 1, other = 0;

	for (size_t i = 0; i < n; i++)
		count[needle[i]]++;
	for (size_t i = n; i-- > 0;)
		if (count[needle[i]] < count[needle[rare]])
			rare = i;
	other = rare == 0 ? n - 1 : 0;
	for (size_t i = 0; i < n; i++)
		if (i != rare && needle[i] != needle[rare] &&
		    (needle[other] == needle[rare] ||
		     count[needle[i]] < count[needle[other]]))
			other = i;
	places[0] = rare < other ? rare : other;
	places[1] = rare < other ? other : rare;
}

static size_t
find(const uint8_t *bytes, size_t n, const uint8_t *needle, size_t m)
{
	size_t places[2], at = 0, work = 0;

	choose_pair(needle, m, places);
	const struct codec_pair pair = {needle[places[0]], needle[places[1]],
					places[1] - places[0]};
	const struct codec_tier *tier = codec();
	size_t starts = n - m + 1;
	while (at < starts) {
		at += tier->find_pair(bytes + at + places[0], starts - at, &pair);
		if (at >= starts)
			break;
		/* memcmp does not tell how far it came: half a needle is a guess, m a bound. */
		if (memcmp(bytes + at, needle, m) == 0)
			return at;
		at++;
		work += m;
		if (work > WORK_FREE + WORK_BYTE * at) {
			size_t found = two_way_find(bytes + at, n - at, needle, m);

			return found != SIZE_MAX ? at + found : SIZE_MAX;
		}
	}
	return SIZE_MAX;
}

EXPORT size_t
weir_index_of(const void *bytes, size_t n, const void *needle, size_t m, size_t from)
{
	const uint8_t *text = bytes;
	size_t found;

	if (m == 0)
		return from < n ? from : n;
	if (from >= n || m > n - from)
		return WEIR_NOT_FOUND;
	if (m == 1) {
		const uint8_t *p =
			memchr(text + from, *(const uint8_t *)needle, n - from);

		return p != NULL ? (size_t)(p - text) : WEIR_NOT_FOUND;
	}
	found = find(text + from, n - from, needle, m);
	return found != SIZE_MAX ? from + found : WEIR_NOT_FOUND;
}
