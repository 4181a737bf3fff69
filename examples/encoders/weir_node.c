/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libweir from Node.js, by Node-API: encode(codec, bytes) gives a Buffer whose memory is a block
 * of weir's pool, without a copy; the block goes back when the Buffer is collected. With
 * libweir_preload.so it is one of the shim's. See hex.node.js.
 *
 * cc -shared -fPIC -o weir_node.node weir_node.c -I.../include/node \
 *	$(pkg-config --cflags --libs weir)
 */
#include <node_api.h>

#include <weir/encode.h>
#include <weir/scratch.h>

static napi_value
fail(napi_env env, const char *why)
{
	napi_throw_error(env, NULL, why);
	return NULL;
}

static void
release(napi_env env, void *block, void *hint)
{
	(void)env;
	(void)hint;
	weir_scratch_unref(block);
}

/* The source stays where it is for the length of the call: it is an argument of it. */
static napi_value
encode(napi_env env, napi_callback_info info)
{
	napi_value arguments[2], buffer;
	struct weir_result r;
	size_t count = 2, n;
	uint32_t codec;
	void *bytes;

	if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok ||
	    count < 2 || napi_get_value_uint32(env, arguments[0], &codec) != napi_ok ||
	    codec > WEIR_UTF16LE ||
	    napi_get_buffer_info(env, arguments[1], &bytes, &n) != napi_ok)
		return fail(env, "encode(codec, buffer)");
	char *block = weir_encode_scratch((enum weir_codec)codec, bytes, n, &r);
	if (block == NULL)
		return fail(env, "no memory");
	if (napi_create_external_buffer(env, r.written, block, release, NULL, &buffer) !=
	    napi_ok) {
		weir_scratch_unref(block);
		return fail(env, "this runtime takes no memory of others");
	}
	return buffer;
}

NAPI_MODULE_INIT()
{
	napi_value function;

	if (napi_create_function(env, "encode", NAPI_AUTO_LENGTH, encode, NULL,
				 &function) != napi_ok ||
	    napi_set_named_property(env, exports, "encode", function) != napi_ok)
		return NULL;
	return exports;
}
