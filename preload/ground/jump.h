/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tail calls. In a function marked JUMPS, `JUMP f(...)` is compiled to a jump instead of a call, so
 * that f returns to, and sees as its caller, whoever called the function. Compilers do so when they
 * optimize; this makes them do it in every build, but for clang to a function of other parameters
 * (JUMP_OTHER). tests/preload/deepbind.bats notices if they do not.
 */
#ifndef PRELOAD_JUMP_H
#define PRELOAD_JUMP_H

#if defined(__clang__)
#define JUMPS
#define JUMP	   __attribute__((musttail)) return
#define JUMP_OTHER return
#else
#define JUMPS	   __attribute__((optimize("O2")))
#define JUMP	   return
#define JUMP_OTHER return
#endif

#endif
