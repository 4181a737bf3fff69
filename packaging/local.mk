# SPDX-License-Identifier: Apache-2.0
# Packages, from what is built here. Nothing of this is built or installed by `make`.
EXTRA_DIST += \
	%D%/npm/npm.md %D%/npm/bin/weir.js %D%/npm/index.d.ts %D%/npm/index.js %D%/npm/pack-npm \
	%D%/npm/package.json.in \
	%D%/deb/pack-deb %D%/deb/debian/control %D%/deb/debian/copyright %D%/deb/debian/libweir-dev.install \
	%D%/deb/debian/libweir0.install %D%/deb/debian/libweir0.lintian-overrides %D%/deb/debian/rules \
	%D%/deb/debian/source/format %D%/deb/debian/weir.install %D%/deb/debian/weir.lintian-overrides \
	%D%/apk/APKBUILD.in %D%/apk/pack-apk %D%/need-tools %D%/rpm/pack-rpm %D%/rpm/weir.spec.in %D%/sbom/pack-sbom

# The command with everything in it: one file for every C library.
EXTRA_PROGRAMS = weir-static
weir_static_SOURCES = tools/commands/main.c packaging/static/eu_search.c packaging/static/no_dlopen.c
weir_static_LDADD = $(weir_LDADD) -ltinfo -lz -llzma -lbz2 -lzstd -lsupc++ $(UNWIND_STATIC_LIBS)
# Names of C++ are read by the C++ runtime's own function, where it is.
weir_static_LDFLAGS = $(AM_LDFLAGS) -static -Wl,-u,__cxa_demangle -Wl,-Map,weir-static.map
CLEANFILES += weir-static weir-static.map

packages: all
	$(SHELL) $(srcdir)/packaging/need-tools
	$(MAKE) weir-static dist-gzip
	$(SHELL) $(srcdir)/packaging/npm/pack-npm '$(abs_top_builddir)' packages
	$(SHELL) $(srcdir)/packaging/deb/pack-deb $(distdir).tar.gz packages
	if rpm -q rpm; then $(SHELL) $(srcdir)/packaging/rpm/pack-rpm $(distdir).tar.gz packages; fi
	$(SHELL) $(srcdir)/packaging/apk/pack-apk $(distdir).tar.gz packages
	$(SHELL) $(srcdir)/packaging/sbom/pack-sbom '$(abs_top_builddir)' packages
.PHONY: packages

# What completes its command line, in bash, zsh and fish.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_zshcompletion_DATA = %D%/completion/_weir
dist_fishcompletion_DATA = %D%/completion/weir.fish
EXTRA_DIST += %D%/completion/weir.bash
# bash looks for a file of the command's name.
install-data-hook::
	$(MKDIR_P) '$(DESTDIR)$(bashcompletiondir)'
	$(INSTALL_DATA) $(srcdir)/packaging/completion/weir.bash '$(DESTDIR)$(bashcompletiondir)/weir'
uninstall-hook::
	rm -f '$(DESTDIR)$(bashcompletiondir)/weir'
