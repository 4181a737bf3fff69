# SPDX-License-Identifier: Apache-2.0
runtime_tests = \
	%D%/hosts.bats %D%/runtime_bun.bats %D%/runtime_deno.bats %D%/runtime_node.bats \
	%D%/runtime_node22.bats %D%/runtime_node24.bats %D%/runtime_node26.bats
EXTRA_DIST += %D%/runtimes.bash $(runtime_tests) \
	%D%/programs/buffers.mjs %D%/programs/children.mjs %D%/programs/codecs.mjs \
	%D%/programs/files.mjs %D%/programs/http.mjs %D%/programs/workers.mjs
if HAVE_BATS
if BUILD_SHIM
TESTS += $(runtime_tests)
endif
endif
