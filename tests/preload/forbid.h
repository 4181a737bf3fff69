/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls that fail, by seccomp. Of those that no program can start without, only the form that
 * the shim uses is forbidden.
 */
#ifndef TESTS_FORBID_H
#define TESTS_FORBID_H

/*
 * "NAME[,NAME...]": these fail with this errno; with an exclamation mark before its name, a call is the
 * end of the process. -EINVAL: no such name; or what the kernel says.
 */
int forbid(const char *names, int error);

#endif
