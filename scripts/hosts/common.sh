# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Sourced by the hosts' files. Each is a command of its own: `ready` sees to it that the tests are there or says
# why not, `names` lists them, `run NAME` runs one, `failed LOG` and `cases LOG` read what it printed.
set -u
cache=${XDG_CACHE_HOME:-$HOME/.cache}/weir/hosts

give_up() {
  echo "$1"
  exit 77
}

need() {
  for program in "$@"; do
    command -v "$program" >/dev/null || give_up "no $program here"
  done
}

# The one case of a test that has no more, and what failed in it: nothing that the exit status does not say.
one_case() {
  case $1 in
  cases) echo 1 ;;
  esac
}

# source_of PACKAGE PATTERN...: unpacks the files of Debian's source package that match into $cache/PACKAGE.
# apt-get is told of Debian's archive in a folder of its own: no root, and the system's lists stay as they are.
source_of() {
  package=$1
  shift
  [ ! -e "$cache/$package/.whole" ] || return 0
  need apt-get tar xz
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -e $keys ] || give_up "no keys of Debian's archive ($keys)"
  release=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
  apt=$cache/apt
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$cache/$package"
  echo "deb-src [signed-by=$keys] http://deb.debian.org/debian $release main" >"$apt/sources.list"
  set -- "$package" "$@"
  (
    cd "$apt/archives" || exit 1
    own_apt -q update && own_apt -q source --download-only "$package"
  ) >"$apt/log" 2>&1 || give_up "its source package $package could not be fetched ($apt/log)"
  shift
  archive=$(find "$apt/archives" -name "${package}_*.orig.tar.*" ! -name '*.asc' | sort | tail -n 1)
  tar xf "$archive" -C "$cache/$package" --strip-components=1 --wildcards "$@" >>"$apt/log" 2>&1 ||
    give_up "$archive could not be unpacked ($apt/log)"
  : >"$cache/$package/.whole"
}

own_apt() {
  apt-get -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt" -o APT::Sandbox::User="$(id -un)" "$@"
}
