/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where V8 keeps things: offsets into its objects and the numbers of its types, from the symbols
 * that Node exports and, for the few that it does not, by V8's version.
 */
#ifndef TRACE_V8_LAYOUT_H
#define TRACE_V8_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/ground/symtab.h"

/* X(member, symbols that it may be called, `|` between them, what it is without: -1 is required) */
#define V8_SYMBOLS(X)                                                                    \
	X(major, "_ZN2v88internal7Version6major_E", -1)                                  \
	X(minor, "_ZN2v88internal7Version6minor_E", -1)                                  \
	X(smi_shift, "v8dbg_SmiShiftSize", -1)                                           \
	X(tagged_bytes, "v8dbg_TaggedSize", 8)                                           \
	X(fp_function, "v8dbg_off_fp_function", -1)                                      \
	X(fp_context, "v8dbg_off_fp_context", -1)                                        \
	X(fp_bytecode, "v8dbg_off_fp_bytecode_array", -1)                                \
	X(fp_offset, "v8dbg_off_fp_bytecode_offset", -1)                                 \
	X(map_type, "v8dbg_class_Map__instance_type__uint16_t", -1)                      \
	X(type_map, "v8dbg_type_Map__MAP_TYPE", -1)                                      \
	X(type_function,                                                                 \
	  "v8dbg_FirstJSFunctionType|v8dbg_type_JSFunction__JS_FUNCTION_TYPE", -1)       \
	X(type_function_last, "v8dbg_LastJSFunctionType", 0)                             \
	X(type_shared, "v8dbg_type_SharedFunctionInfo__SHARED_FUNCTION_INFO_TYPE", -1)   \
	X(type_scope, "v8dbg_type_ScopeInfo__SCOPE_INFO_TYPE", -1)                       \
	X(type_script, "v8dbg_type_Script__SCRIPT_TYPE", -1)                             \
	X(type_bytecode, "v8dbg_type_BytecodeArray__BYTECODE_ARRAY_TYPE", -1)            \
	X(type_code, "v8dbg_type_Code__CODE_TYPE", -1)                                   \
	X(type_bytes,                                                                    \
	  "v8dbg_type_TrustedByteArray__TRUSTED_BYTE_ARRAY_TYPE|"                        \
	  "v8dbg_type_ByteArray__BYTE_ARRAY_TYPE",                                       \
	  -1)                                                                            \
	X(type_bytes_old, "v8dbg_type_ByteArray__BYTE_ARRAY_TYPE", -1)                   \
	X(type_string_end, "v8dbg_FirstNonstringType", -1)                               \
	X(function_shared, "v8dbg_class_JSFunction__shared__SharedFunctionInfo", -1)     \
	X(shared_scope,                                                                  \
	  "v8dbg_class_SharedFunctionInfo__name_or_scope_info__Tagged_NameOrScopeInfoT_" \
	  "|v8dbg_class_SharedFunctionInfo__name_or_scope_info__Tagged_Object_"          \
	  "|v8dbg_class_SharedFunctionInfo__name_or_scope_info__Object",                 \
	  -1)                                                                            \
	X(shared_script,                                                                 \
	  "v8dbg_class_SharedFunctionInfo__raw_script__Tagged_Object_"                   \
	  "|v8dbg_class_SharedFunctionInfo__script__Tagged_HeapObject_"                  \
	  "|v8dbg_class_SharedFunctionInfo__script_or_debug_info__HeapObject",           \
	  -1)                                                                            \
	X(shared_flags, "v8dbg_class_SharedFunctionInfo__flags__int", -1)                \
	X(scope_first, "v8dbg_scopeinfo_idx_first_vars", -1)                             \
	X(scope_locals, "v8dbg_scopeinfo_idx_ncontextlocals", -1)                        \
	X(script_source, "v8dbg_class_Script__source__Object", -1)                       \
	X(script_name, "v8dbg_class_Script__name__Object", -1)                           \
	X(script_line_ends, "v8dbg_class_Script__line_ends__Object", -1)                 \
	X(string_length, "v8dbg_class_String__length__int32_t", -1)                      \
	X(bytecode_data, "v8dbg_class_BytecodeArray__data__uintptr_t", -1)               \
	X(deopt_literals, "v8dbg_DeoptimizationDataLiteralArrayIndex", 0)                \
	X(deopt_inlined, "v8dbg_DeoptimizationDataInlinedFunctionCountIndex", 0)         \
	X(deopt_positions, "v8dbg_DeoptimizationDataInliningPositionsIndex", 0)          \
	X(code_stream,                                                                   \
	  "v8dbg_class_Code__instruction_stream__Tagged_InstructionStream_", 0)          \
	X(code_start, "v8dbg_class_Code__instruction_start__Address", 0)                 \
	X(code_flags, "v8dbg_class_Code__flags__uint32_t", 0)                            \
	X(code_bytes, "v8dbg_class_Code__instruction_size__int", 0)                      \
	X(kind_baseline, "v8dbg_CodeKindBaseline", -1)                                   \
	X(code_data,                                                                     \
	  "v8dbg_class_Code__deoptimization_data__Tagged_FixedArray_"                    \
	  "|v8dbg_class_Code__deoptimization_data__FixedArray",                          \
	  0)                                                                             \
	X(code_positions,                                                                \
	  "v8dbg_class_Code__source_position_table__Tagged_ByteArray_"                   \
	  "|v8dbg_class_Code__source_position_table__ByteArray",                         \
	  0)                                                                             \
	X(stream_header,                                                                 \
	  "v8dbg_class_InstructionStream__instruction_start__uintptr_t"                  \
	  "|v8dbg_class_Code__instruction_start__uintptr_t",                             \
	  0)

struct v8_layout {
#define X(member, symbols, without) int32_t member;
	V8_SYMBOLS(X)
#undef X
	int32_t bytecode_positions; /* BytecodeArray: source position table, by version */
};

/*
 * 0; or with the reason in *why (static text) -ENOENT: not V8, or without its constants; or -ENOTSUP:
 * a V8 that is not known.
 */
int v8_layout_read(struct v8_layout *l, const struct weir_symtab *t, const char **why);

/* A constant under one of a few names, `|` between them. False: it is not exported. */
bool v8_layout_constant(const struct weir_symtab *t, const char *symbols, int32_t *value);

#endif
