/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The add-on of addon_leak.cjs: convert(n) mallocs n bytes, writes them, and forgets them. By
 * Node-API, declared here so that no header of Node's is needed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);

int napi_get_cb_info(napi_env, napi_callback_info, size_t *, napi_value *, napi_value *,
		     void **);
int napi_get_value_uint32(napi_env, napi_value, uint32_t *);
int napi_create_function(napi_env, const char *, size_t, napi_callback, void *,
			 napi_value *);
int napi_set_named_property(napi_env, napi_value, const char *, napi_value);

static void *volatile forgotten;

static napi_value
convert(napi_env env, napi_callback_info info)
{
	size_t argc = 1;
	napi_value argument;
	uint32_t n = 0;

	napi_get_cb_info(env, info, &argc, &argument, NULL, NULL);
	napi_get_value_uint32(env, argument, &n);
	forgotten = malloc(n);
	if (forgotten != NULL)
		memset(forgotten, 7, n);
	return NULL;
}

__attribute__((visibility("default"))) napi_value
napi_register_module_v1(napi_env env, napi_value exports);

napi_value
napi_register_module_v1(napi_env env, napi_value exports)
{
	napi_value function;

	if (napi_create_function(env, "convert", SIZE_MAX, convert, NULL, &function) == 0)
		napi_set_named_property(env, exports, "convert", function);
	return exports;
}
