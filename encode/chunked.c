/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms that use the pool (weir/encode.h): piece by piece through one block, and all of it
 * into one. The scratch functions are called as any user calls them, so that under the preload
 * they are the shim's.
 */
#include <errno.h>

#include "encode/state.h"
#include "weir/scratch.h"

#define CHUNK ((size_t)1 << 20)
/*
 * Text whose size has a bound no more than this above the source's gets a block of that bound. Above
 * it, a first pass finds out the exact size, which may be far less.
 */
#define SLACK_MAX 8192

typedef struct weir_result update_fn(struct weir_stream *s, void *dst, size_t cap,
				     const void *src, size_t n);

static struct weir_result
encode_update(struct weir_stream *s, void *dst, size_t cap, const void *src, size_t n)
{
	return src != NULL ? weir_encode_update(s, dst, cap, src, n)
			   : weir_encode_final(s, dst, cap);
}

static struct weir_result
decode_update(struct weir_stream *s, void *dst, size_t cap, const void *src, size_t n)
{
	return src != NULL ? weir_decode_update(s, dst, cap, src, n)
			   : weir_decode_final(s, dst, cap);
}

static int
chunked(struct weir_stream *s, update_fn *update, const uint8_t *src, size_t n,
	size_t chunk, weir_sink *sink, void *context, struct weir_result *result)
{
	struct weir_result total = {0}, r = {0};
	bool ended = false;
	int rc = 0;

	if (chunk < WEIR_STREAM_ROOM)
		chunk = chunk == 0 ? CHUNK : WEIR_STREAM_ROOM;
	char *block = weir_scratch_get(chunk);
	if (block == NULL)
		return -ENOMEM;
	while (!ended && rc == 0) {
		/* The source to its end, then once without one: the final part. */
		bool last = total.read == n;

		r = update(s, block, chunk, last ? NULL : src + total.read,
			   n - total.read);
		total.read += r.read;
		total.written += r.written;
		if (r.written > 0)
			rc = sink(context, block, r.written);
		ended = r.status != WEIR_NEED_OUTPUT && (last || r.status != WEIR_OK);
	}
	weir_scratch_unref(block);
	total.status = r.status;
	total.error_at = r.error_at;
	if (result != NULL)
		*result = total;
	return rc;
}

EXPORT int
weir_encode_chunked(enum weir_codec codec, const void *src, size_t n, size_t chunk,
		    weir_sink *sink, void *context, struct weir_result *result)
{
	struct weir_stream s;

	weir_encode_init(&s, codec);
	return chunked(&s, encode_update, src, n, chunk, sink, context, result);
}

EXPORT int
weir_decode_chunked(enum weir_codec codec, enum weir_dialect dialect, const char *src,
		    size_t n, size_t chunk, weir_sink *sink, void *context,
		    struct weir_result *result)
{
	struct weir_stream s;

	weir_decode_init(&s, codec, dialect);
	return chunked(&s, decode_update, (const uint8_t *)src, n, chunk, sink, context,
		       result);
}

EXPORT char *
weir_encode_scratch(enum weir_codec codec, const void *src, size_t n,
		    struct weir_result *result)
{
	size_t size = weir_encoded_size(codec, n);

	if (size > n + SLACK_MAX && codec > WEIR_BASE64URL)
		size = weir_encoded_exact(codec, src, n);
	char *block = weir_scratch_get(size);
	*result = (struct weir_result){.status = WEIR_NEED_OUTPUT};
	if (block != NULL)
		*result = weir_encode(codec, block, size, src, n);
	return block;
}

EXPORT void *
weir_decode_scratch(enum weir_codec codec, enum weir_dialect dialect, const char *src,
		    size_t n, struct weir_result *result)
{
	size_t size = weir_decoded_max(codec, n);

	if (size > n + SLACK_MAX)
		size = weir_decoded_exact(codec, dialect, src, n);
	char *block = weir_scratch_get(size);
	*result = (struct weir_result){.status = WEIR_NEED_OUTPUT};
	if (block != NULL)
		*result = weir_decode(codec, dialect, block, size, src, n);
	return block;
}
