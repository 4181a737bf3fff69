/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making threads past weir's own pthread_create: for that, and for the clock. In a file of its own, so that
 * tests can put something in its place.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "preload/thread.h"

typedef int create_function(pthread_t *made, const pthread_attr_t *attr,
			    void *(*run)(void *), void *with);
static create_function *_Atomic real;

void
thread_create_init(void)
{
#ifdef TESTS_HEAPS_RENAMED_H /* a sanitizer has to see its threads */
	atomic_store(&real, pthread_create);
#else
	atomic_store(&real, (create_function *)dlsym(RTLD_NEXT, "pthread_create"));
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

int
thread_try_join(pthread_t made, void **result)
{
	typedef int join_function(pthread_t, void **);
	static join_function *_Atomic join;

	if (join == NULL)
#ifdef TESTS_HEAPS_RENAMED_H
		join = pthread_tryjoin_np;
#else
		join = (join_function *)dlsym(RTLD_NEXT, "pthread_tryjoin_np");
#endif
	join_function *to = join;
	return to != NULL ? to(made, result) : ESRCH;
}
