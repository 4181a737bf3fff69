# SPDX-License-Identifier: Apache-2.0
repo_tests = \
	%D%/build.bats %D%/dist.bats %D%/analyze.bats %D%/counters.bats %D%/deps.bats %D%/frames.bats %D%/libc_versions.bats %D%/headers.bats \
	%D%/options.bats %D%/packages.bats %D%/quickstart.bats %D%/readme.bats %D%/requirements.bats %D%/style.bats %D%/symbols.bats %D%/words.bats
EXTRA_DIST += %D%/npm_registry.mjs %D%/repo.bash $(repo_tests)
if HAVE_BATS
TESTS += $(repo_tests)
endif
