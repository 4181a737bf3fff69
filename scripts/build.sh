# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart and run-tests after packages.sh, in the top folder: builds weir out of tree in
# ./build.

build_step() {
  "$@" >>build/build.log 2>&1 </dev/null && return
  tail -n 30 build/build.log >&2
  echo "Building failed at: $*" >&2
  echo "All of its output is in build/build.log" >&2
  exit 1
}

# A configuration made before a library came does without it: that one is made anew.
is_configured() {
  [ -e build/config.status ] || return
  while read -r package define; do
    have_package "$package" && ! grep -q "^#define $define 1" build/config.h && return 1
  done <<'END'
libncurses-dev HAVE_CURSES
libjson-c-dev HAVE_JSON_C
libdw-dev HAVE_LIBDW
END
  return 0
}

# build_weir [CONFIGURE-OPTION...]: they count where nothing is configured yet.
build_weir() {
  if [ -e config.status ]; then
    echo "This folder is configured for a build in place, which rules out one in ./build." >&2
    echo "Run \`make distclean\` in it, then this again." >&2
    exit 2
  fi
  mkdir -p build || exit 2
  : >build/build.log
  [ -e configure ] || build_step ./autogen.sh
  is_configured || build_step env -C build ../configure "$@"
  build_step make -C build -j"$(nproc)"
}
