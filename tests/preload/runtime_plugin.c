/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library that looks like CPython's to who goes by its symbols, and, with ANOTHER defined, one that
 * has the same functions at the same places, of which the first must not be called. walks.c loads the
 * one, unloads it, and loads the other.
 */
#include <stddef.h>
#include <stdlib.h>

#define AT_A_PAGE __attribute__((noinline, aligned(4096)))

#ifdef ANOTHER
#define PyGILState_GetThisThreadState never_called
#define _PyEval_EvalFrameDefault      another_loop
#define Py_Version		      another_version
#endif

const unsigned long Py_Version = 0x030b0000;
long PyCode_Type, PyUnicode_Type, PyBytes_Type;

void *PyGILState_GetThisThreadState(void);
long _PyEval_EvalFrameDefault(void (*call)(long), long arg);

AT_A_PAGE void *
PyGILState_GetThisThreadState(void)
{
#ifdef ANOTHER
	abort();
#else
	return NULL;
#endif
}

/* What it does behind the call keeps it on the stack. */
AT_A_PAGE long
_PyEval_EvalFrameDefault(void (*call)(long), long arg)
{
	call(arg);
	return Py_Version != 0 ? arg : PyCode_Type;
}

long (*const loop)(void (*call)(long), long arg) = _PyEval_EvalFrameDefault;
