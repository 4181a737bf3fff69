/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making threads past weir's own pthread_create: for that, and for the clock. In a file of its own, so that
 * tests can put something in its place.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "pool/old_libc.h"
#include "preload/symbol_next.h"
#include "preload/thread.h"

typedef int create_function(pthread_t *made, const pthread_attr_t *attr,
			    void *(*run)(void *), void *with);
static create_function *_Atomic real;

const char *thread_alone;

void
thread_create_init(void)
{
	/* Not the next one: the program may have a copy, which then is everybody's. */
	if (dlsym != NULL)
		thread_alone = dlsym(RTLD_DEFAULT, "__libc_single_threaded");
#ifdef TESTS_HEAPS_RENAMED_H /* a sanitizer has to see its threads */
	atomic_store(&real, pthread_create);
#else
	atomic_store(&real, (create_function *)symbol_next("pthread_create"));
#endif
}

int
thread_create(pthread_t *made, const pthread_attr_t *attr, void *(*run)(void *),
	      void *with)
{
	/* In a constructor of before ours. */
	if (atomic_load_explicit(&real, memory_order_relaxed) == NULL)
		thread_create_init();
	create_function *to = real;
	return to != NULL ? to(made, attr, run, with) : EAGAIN;
}

/* Looked for, as all that is libpthread's in an old C library. */
int
thread_stack_bytes(pthread_attr_t *attr, size_t bytes)
{
	typedef int size_function(pthread_attr_t *, size_t);
	size_function *to = (size_function *)symbol_next("pthread_attr_setstacksize");

	return to != NULL ? to(attr, bytes) : ENOSYS;
}

int
thread_try_join(pthread_t made, void **result)
{
	typedef int join_function(pthread_t, void **);
	static join_function *_Atomic join;

	if (join == NULL)
#ifdef TESTS_HEAPS_RENAMED_H
		join = pthread_tryjoin_np;
#else
		join = (join_function *)symbol_next("pthread_tryjoin_np");
#endif
	join_function *to = join;
	return to != NULL ? to(made, result) : ESRCH;
}
