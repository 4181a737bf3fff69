# SPDX-License-Identifier: Apache-2.0
# What runs within Node. Beside the shim, which names it to Node; in a build folder it is a copy.
nodehookdir = $(pkglibdir)
if BUILD_SHIM
dist_nodehook_DATA = %D%/weir_collect.js
BUILT_LATER += node/weir_collect.js.built
else
EXTRA_DIST += %D%/weir_collect.js
endif

node/weir_collect.js.built: $(top_srcdir)/node/weir_collect.js
	$(AM_V_GEN)$(MKDIR_P) node && { test '$(srcdir)' -ef . || cp '$(top_srcdir)/node/weir_collect.js' node/weir_collect.js; } && touch $@
CLEANFILES += node/weir_collect.js.built

clean-local:
	test '$(srcdir)' -ef . || rm -f node/weir_collect.js
