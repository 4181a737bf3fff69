/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rival of weir's graded pool: three classes of 64 KB, 2 MB and 10 MB, with the faults
 * that such pools are written with. Every get allocates a header; a block is cut to what was
 * asked for, and filed by that when it comes back, so that the upper classes run dry.
 */
#include <pthread.h>
#include <stdlib.h>

#include "bench/gauge.h"
#include "bench/scratch_rivals.h"

#define KEPT 100 /* of each class */

struct faulty_block {
	void *data;
	size_t capacity;
	size_t length;
	size_t offset;
	int references;
	int released;
};

struct faulty_class {
	size_t bytes;
	size_t n;
	void *data[KEPT];
};

static struct faulty_class classes[] = {
	{.bytes = 64 * KB}, {.bytes = 2 * MB}, {.bytes = 10 * MB}};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define N_CLASSES (sizeof(classes) / sizeof(classes[0]))

static void *
take(struct faulty_class *class)
{
	void *data = NULL;

	pthread_mutex_lock(&lock);
	if (class->n > 0)
		data = class->data[--class->n];
	pthread_mutex_unlock(&lock);
	return data != NULL ? data : malloc(class->bytes);
}

void *
faulty_get(size_t bytes, void **data)
{
	struct faulty_block *block = malloc(sizeof(*block));
	struct faulty_class *class = NULL;

	if (block == NULL)
		return NULL;
	for (size_t i = 0; i < N_CLASSES && class == NULL; i++) {
		if (bytes <= classes[i].bytes)
			class = &classes[i];
	}
	block->data = class != NULL ? take(class) : malloc(bytes);
	if (block->data == NULL) {
		free(block);
		return NULL;
	}
	block->capacity = bytes;
	block->length = block->offset = 0;
	block->references = 1;
	block->released = 0;
	*data = block->data;
	return block;
}

void
faulty_put(void *handle)
{
	struct faulty_block *block = handle;
	struct faulty_class *class = NULL;

	for (size_t i = 0; i < N_CLASSES; i++) {
		if (block->capacity >= classes[i].bytes)
			class = &classes[i];
	}
	pthread_mutex_lock(&lock);
	if (class != NULL && class->n < KEPT) {
		class->data[class->n++] = block->data;
		block->data = NULL;
	}
	pthread_mutex_unlock(&lock);
	free(block->data);
	free(block);
}

/* What is behind the block, whatever the pool takes it for. */
size_t
faulty_capacity(void *handle)
{
	const struct faulty_block *block = handle;

	for (size_t i = 0; i < N_CLASSES; i++) {
		if (block->capacity <= classes[i].bytes)
			return classes[i].bytes;
	}
	return block->capacity;
}
