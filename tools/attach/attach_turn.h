/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One command at a time loads a library into a process. Whoever's turn it is holds a lock on the process itself, which
 * ends with the command, however that ends: nothing is written anywhere.
 */
#ifndef TOOLS_ATTACH_TURN_H
#define TOOLS_ATTACH_TURN_H

#include <sys/types.h>

/*
 * A descriptor that is to be closed; -EBUSY: another command's turn; another -errno: this kernel locks nothing of a
 * process. Never waits.
 */
int attach_turn_take(pid_t pid);

#endif
