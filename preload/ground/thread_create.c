/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making threads past weir's own pthread_create: for that, and for the clock. In a file of its own, so that
 * tests can put something in its place. All that is libpthread's in an old C library is looked for.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "pool/lock.h"
#include "pool/old_libc.h"
#include "preload/ground/symbol_next.h"
#include "preload/ground/thread_create.h"

#ifdef TESTS_HEAPS_RENAMED_H /* a sanitizer has to see its threads */
#define FOUND(kept, name) ((void)(kept), (void *)(name))
#else
#define FOUND(kept, name) symbol_kept(kept, #name)
#endif

typedef int create_function(pthread_t *made, const pthread_attr_t *attr,
			    void *(*run)(void *), void *with);
typedef int size_function(pthread_attr_t *attr, size_t bytes);
typedef int join_function(pthread_t made, void **result);
static void *_Atomic real_create, *_Atomic real_size, *_Atomic real_try_join;

void
thread_create_init(void)
{
	symbol_function *ask = symbol_asker();

	/* Not the next one: the program may have a copy, which then is everybody's. */
	if (ask != NULL)
		weir_lock_alone = ask(RTLD_DEFAULT, "__libc_single_threaded");
	(void)FOUND(&real_create, pthread_create);
	(void)FOUND(&real_size, pthread_attr_setstacksize);
	(void)FOUND(&real_try_join, pthread_tryjoin_np);
}

int
thread_create(pthread_t *made, const pthread_attr_t *attr, void *(*run)(void *),
	      void *with)
{
	create_function *to = (create_function *)FOUND(&real_create, pthread_create);

	return to != NULL ? to(made, attr, run, with) : EAGAIN;
}

int
thread_stack_bytes(pthread_attr_t *attr, size_t bytes)
{
	size_function *to = (size_function *)FOUND(&real_size, pthread_attr_setstacksize);

	return to != NULL ? to(attr, bytes) : ENOSYS;
}

int
thread_try_join(pthread_t made, void **result)
{
	join_function *to = (join_function *)FOUND(&real_try_join, pthread_tryjoin_np);

	return to != NULL ? to(made, result) : ESRCH;
}
