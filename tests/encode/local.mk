# SPDX-License-Identifier: Apache-2.0
encode_tests = %D%/convert.bats %D%/library.bats %D%/neon.bats %D%/oracle.bats
EXTRA_DIST += $(encode_tests) %D%/scratch_user.c %D%/standards.mjs %D%/vectors.mjs %D%/vectors.py
if HAVE_BATS
TESTS += $(encode_tests)
endif

check_PROGRAMS += tests/encode/check_vectors
tests_encode_check_vectors_SOURCES = %D%/check_vectors.c %D%/vector.h
tests_encode_check_vectors_LDADD = libencode.a libpool.a libpolicy.a
