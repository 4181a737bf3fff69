# SPDX-License-Identifier: Apache-2.0
# All of the command except main.c is a library, so that the unit tests and fuzzers link it.
# Each room adds its files.
noinst_LIBRARIES += libtools.a
libtools_a_CPPFLAGS = $(AM_CPPFLAGS) -DPKGLIBDIR='"$(pkglibdir)"'
# What a program that is linked with it needs besides.
TOOLS_LIBS = $(CURSES_LIBS) $(JSON_C_LIBS) $(DW_LIBS) $(UNWIND_LIBS)
libtools_a_SOURCES =

include tools/text/local.mk
include tools/read/local.mk
include tools/names/local.mk
include tools/host/local.mk
include tools/attach/local.mk
include tools/model/local.mk
include tools/view/local.mk
include tools/commands/local.mk
