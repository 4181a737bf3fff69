/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The constants that chains of promises need, beyond those of frames. A version that does not export them all, or
 * whose reactions are not known to lie as here, has no chains.
 */
#include "trace/runtimes/v8_async.h"

void
v8_async_init(struct v8_async *a, const struct v8_layout *l, const struct weir_symtab *t)
{
	const struct {
		const char *symbols;
		int32_t *to;
	} wanted[] = {
		{"v8dbg_class_JSFunction__context__Context", &a->function_context},
		{"v8dbg_type_JSPromise__JS_PROMISE_TYPE", &a->type_promise},
		{"v8dbg_type_PromiseReaction__PROMISE_REACTION_TYPE", &a->type_reaction},
		{"v8dbg_type_PromiseCapability__PROMISE_CAPABILITY_TYPE",
		 &a->type_capability},
		{"v8dbg_type_PromiseFulfillReactionJobTask__PROMISE_FULFILL_REACTION_JOB_"
		 "TASK_TYPE",
		 &a->type_fulfill},
		{"v8dbg_type_PromiseRejectReactionJobTask__PROMISE_REJECT_REACTION_JOB_"
		 "TASK_TYPE",
		 &a->type_reject},
		{"v8dbg_type_JSAsyncFunctionObject__JS_ASYNC_FUNCTION_OBJECT_TYPE",
		 &a->type_function},
		{"v8dbg_type_JSAsyncGeneratorObject__JS_ASYNC_GENERATOR_OBJECT_TYPE",
		 &a->type_generator},
		{"v8dbg_type_AsyncGeneratorRequest__ASYNC_GENERATOR_REQUEST_TYPE",
		 &a->type_request},
		{"v8dbg_class_UncompiledData__start_position__int32_t",
		 &a->uncompiled_start},
		{"v8dbg_type_UncompiledDataWithPreparseData__UNCOMPILED_DATA_WITH_"
		 "PREPARSE_DATA_TYPE",
		 &a->types_uncompiled[0]},
		{"v8dbg_type_UncompiledDataWithoutPreparseData__UNCOMPILED_DATA_WITHOUT_"
		 "PREPARSE_DATA_TYPE",
		 &a->types_uncompiled[1]},
		{"v8dbg_type_UncompiledDataWithPreparseDataAndJob__UNCOMPILED_DATA_WITH_"
		 "PREPARSE_DATA_AND_JOB_TYPE",
		 &a->types_uncompiled[2]},
		{"v8dbg_type_UncompiledDataWithoutPreparseDataWithJob__UNCOMPILED_DATA_"
		 "WITHOUT_PREPARSE_DATA_WITH_JOB_TYPE",
		 &a->types_uncompiled[3]},
	};
	bool old = l->major<12, recent = l->major> 12 || l->minor >= 4;

	a->layout = l;
	a->known = false;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!v8_layout_constant(t, wanted[i].symbols, wanted[i].to))
			return;
	/* Reactions and tasks begin, in V8 12 and since, with what AsyncLocalStorage keeps. */
	a->handler = old ? 24 : 32;
	a->known = (old || recent) && a->function_context % 8 == 0 &&
		   a->function_context > 0 && a->function_context < V8_FUNCTION_BYTES;
}
