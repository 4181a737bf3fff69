# SPDX-License-Identifier: Apache-2.0
# Packages, from what is built here. Nothing of this is built or installed by `make`.
EXTRA_DIST += \
	%D%/npm/npm.md %D%/npm/bin/weir.js %D%/npm/index.d.ts %D%/npm/index.js %D%/npm/pack-npm \
	%D%/npm/package.json.in \
	%D%/deb/pack-deb %D%/deb/debian/control %D%/deb/debian/copyright %D%/deb/debian/libweir-dev.install \
	%D%/deb/debian/libweir0.install %D%/deb/debian/libweir0.lintian-overrides %D%/deb/debian/rules \
	%D%/deb/debian/source/format %D%/deb/debian/weir.install %D%/deb/debian/weir.lintian-overrides

# The command with everything in it: one file for every C library.
EXTRA_PROGRAMS = weir-static
weir_static_SOURCES = tools/commands/main.c packaging/static/no_dlopen.c
weir_static_LDADD = $(weir_LDADD) -ltinfo -lz -llzma -lbz2 -lsupc++ $(UNWIND_STATIC_LIBS)
# Names of C++ are read by the C++ runtime's own function, where it is.
weir_static_LDFLAGS = $(AM_LDFLAGS) -all-static -Wl,-u,__cxa_demangle
CLEANFILES += weir-static

packages: all weir-static dist
	$(SHELL) $(srcdir)/packaging/npm/pack-npm '$(abs_top_builddir)' packages
	$(SHELL) $(srcdir)/packaging/deb/pack-deb $(distdir).tar.gz packages
.PHONY: packages
