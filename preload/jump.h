/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JUMPS marks a function whose `JUMP f(...)` must be a jump: f then sees the function's caller as its
 * own. Compilers do that when they optimize; this asks for it in every build. The tests find out.
 */
#ifndef PRELOAD_JUMP_H
#define PRELOAD_JUMP_H

#if defined(__clang__)
#define JUMPS
#define JUMP __attribute__((musttail)) return
#else
#define JUMPS __attribute__((optimize("O2")))
#define JUMP  return
#endif

#endif
