# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart and run-tests after packages.sh and progress.sh, in the top folder: builds weir out of tree in
# ./build.

build_seconds=1800 # for each step, on the slowest machine

# build_step LABEL COUNTER COMMAND...
build_step() {
  build_label=$1 build_counter=$2
  shift 2
  step $build_seconds build/build.log "$build_label" "$build_counter" "$@" && return
  tail -n 30 build/build.log >&2
  echo "Building failed at: $*" >&2
  echo "All of its output is in build/build.log" >&2
  exit 1
}

# What make has done of what it had to do: it names each file that it compiles or links.
built_files() {
  [ "$files_to_build" -eq 0 ] || echo "$(count_of '^  (CC|CCLD|CXX|CXXLD|AR|GEN) ' build/build.log) of $files_to_build files"
}

configure_lines() {
  echo "$(count_of '^checking ' build/build.log) checks"
}

# A configuration made before a library came, or the program that runs most tests, does without it: that one is made anew.
is_configured() {
  [ -e build/config.status ] || return
  if command -v bats >/dev/null && grep -qFx 'S["BATS"]="no"' build/config.status; then
    return 1
  fi
  while read -r package define; do
    have_package "$package" && ! grep -q "^#define $define 1" build/config.h && return 1
  done <<'END'
libncurses-dev HAVE_CURSES
libjson-c-dev HAVE_JSON_C
libdw-dev HAVE_LIBDW
libunwind-dev HAVE_UNWIND
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
  [ -e configure ] || build_step "making configure" true ./autogen.sh
  is_configured || build_step "configuring" configure_lines env -C build ../configure "$@"
  files_to_build=$(make -n -C build 2>/dev/null | grep -c '^echo "  ')
  build_step "building" built_files make -C build V=0 -j"$(nproc)"
}
