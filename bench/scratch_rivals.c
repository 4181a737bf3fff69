/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rivals of scratch_bench. weir's functions are looked up in the process: the preloaded
 * shim has them. Without it, the bench still runs the others.
 */
#include "bench/scratch_rivals.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>

static void *(*weir_get)(size_t bytes);
static int (*weir_unref)(void *block);
static size_t (*weir_capacity)(const void *block);

static bool
weir_there(void)
{
	*(void **)&weir_get = dlsym(RTLD_DEFAULT, "weir_scratch_get");
	*(void **)&weir_unref = dlsym(RTLD_DEFAULT, "weir_scratch_unref");
	*(void **)&weir_capacity = dlsym(RTLD_DEFAULT, "weir_scratch_capacity");
	return weir_get != NULL && weir_unref != NULL && weir_capacity != NULL;
}

static void *
weir_take(size_t bytes, void **data)
{
	return *data = weir_get(bytes);
}

static void
weir_put(void *handle)
{
	weir_unref(handle);
}

static size_t
weir_size(void *handle)
{
	return weir_capacity(handle);
}

static void *
heap_get(size_t bytes, void **data)
{
	return *data = malloc(bytes);
}

static size_t
heap_size(void *handle)
{
	return malloc_usable_size(handle);
}

const struct rival scratch_rivals[] = {
	{"weir", weir_there, weir_take, weir_put, weir_size},
	{"three_classes", NULL, faulty_get, faulty_put, faulty_capacity},
	{"malloc", NULL, heap_get, free, heap_size},
};
const size_t scratch_n_rivals = sizeof(scratch_rivals) / sizeof(scratch_rivals[0]);
