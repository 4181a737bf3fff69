/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fault in a guarded or quarantined block, explained in one line before the host gets it.
 */
#ifndef PRELOAD_SUSPECT_FAULT_H
#define PRELOAD_SUSPECT_FAULT_H

/* Installs the handler of SIGSEGV on the first call; the host's own is called after it. */
void suspect_fault_watch(void);

#endif
