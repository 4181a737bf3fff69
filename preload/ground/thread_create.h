/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pthread_create of whoever comes behind weir, and what goes with it in the same C library.
 */
#ifndef PRELOAD_THREAD_CREATE_H
#define PRELOAD_THREAD_CREATE_H

#include <pthread.h>
#include <stddef.h>

/* Looks for it. From the constructor. */
void thread_create_init(void);
int thread_create(pthread_t *made, const pthread_attr_t *attr, void *(*run)(void *),
		  void *with);
int thread_stack_bytes(pthread_attr_t *attr, size_t bytes);
int thread_try_join(pthread_t made, void **result);

#endif
