/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process_vm_readv, for which a filter of system calls may kill: whether it may
 * be made, until somebody says that they may not. Any thread, any time.
 */
#ifndef TRACE_VM_CALLS_H
#define TRACE_VM_CALLS_H

#include <stdbool.h>

/* True: make the call, then vm_calls_end. False: do it in another way. */
bool vm_calls_begin(void);
void vm_calls_end(void);

bool vm_calls_allowed(void);

/* For ever. Calls that other threads are in are over when it returns, but for one that is stopped there. */
void vm_calls_forbid(void);

#endif
