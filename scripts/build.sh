# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart and run-tests, in the top folder: builds weir out of tree in ./build.

build_step() {
  "$@" >>build/build.log 2>&1 </dev/null && return
  tail -n 30 build/build.log >&2
  echo "Building failed at: $*" >&2
  echo "All of its output is in build/build.log" >&2
  exit 1
}

build_weir() {
  if [ -e config.status ]; then
    echo "This folder is configured for a build in place, which rules out one in ./build." >&2
    echo "Run \`make distclean\` in it, then this again." >&2
    exit 2
  fi
  mkdir -p build || exit 2
  : >build/build.log
  [ -e configure ] || build_step ./autogen.sh
  [ -e build/config.status ] || build_step env -C build ../configure
  build_step make -C build -j"$(nproc)"
}
