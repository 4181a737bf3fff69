/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiled into the shim's own sources (-include), this gives its malloc family other names, so
 * that it can live in a program beside the malloc of a sanitizer or of libFuzzer. See
 * tests/heaps/shim_heap.h for its use.
 */
#ifndef TESTS_HEAPS_RENAMED_H
#define TESTS_HEAPS_RENAMED_H

#define malloc		   shim_malloc
#define calloc		   shim_calloc
#define realloc		   shim_realloc
#define reallocarray	   shim_reallocarray
#define free		   shim_free
#define free_sized	   shim_free_sized
#define free_aligned_sized shim_free_aligned_sized
#define posix_memalign	   shim_posix_memalign
#define aligned_alloc	   shim_aligned_alloc
#define memalign	   shim_memalign
#define valloc		   shim_valloc
#define pvalloc		   shim_pvalloc
#define malloc_usable_size shim_malloc_usable_size
#define malloc_trim	   shim_malloc_trim
#define mallinfo2	   shim_mallinfo2
#define dlopen		   shim_dlopen
#define dlclose		   shim_dlclose
#define dlsym		   shim_dlsym
#define dlvsym		   shim_dlvsym
#define prctl		   shim_prctl
#define mmap		   shim_mmap
#define mmap64		   shim_mmap64
#define shmat		   shim_shmat
#define munmap		   shim_munmap
#define mremap		   shim_mremap
#define __register_atfork  shim_register_atfork
#define setrlimit	   shim_setrlimit
#define setrlimit64	   shim_setrlimit64
#define prlimit		   shim_prlimit
#define prlimit64	   shim_prlimit64

/* Beside a sanitizer the shim stands back; here it is to be seen by one. */
#define __sanitizer_get_heap_size shim_is_not_sanitized

#endif
