# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart and run-tests after progress.sh: sees to it that Debian packages are there.
# Calls apt-get only when something is missing, so that a second run needs no network.

# Is what the package brings on this machine, from wherever it came?
have_package() {
  case $1 in
  libc6-dev) [ -e /usr/include/stdlib.h ] ;;
  libncurses-dev) [ -e /usr/include/curses.h ] ;;
  nodejs) command -v node >/dev/null ;;
  libjemalloc2) have_library libjemalloc.so.2 ;;
  libmimalloc2.0 | libmimalloc3) have_library libmimalloc.so.2 || have_library libmimalloc.so.3 ;;
  libtcmalloc-minimal4 | libtcmalloc-minimal4t64) have_library libtcmalloc_minimal.so.4 ;;
  default-jdk-headless) command -v javac >/dev/null ;;
  php-cli) command -v php >/dev/null ;;
  libjson-c-dev) [ -e /usr/include/json-c/json.h ] ;;
  libdw-dev) [ -e /usr/include/elfutils/libdwfl.h ] ;;
  protobuf-compiler) command -v protoc >/dev/null ;;
  procps) command -v ps >/dev/null ;;
  gcc-aarch64-linux-gnu) command -v aarch64-linux-gnu-gcc >/dev/null ;;
  libc6-dev-arm64-cross) [ -e /usr/aarch64-linux-gnu/include/stdlib.h ] ;;
  qemu-user) command -v qemu-aarch64 >/dev/null ;;
  *) command -v "$1" >/dev/null || dpkg -s "$1" 2>/dev/null | grep -q "^Status: .* installed$" ;;
  esac
}

have_library() {
  PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -q "^[[:space:]]*$1 "
}

# Of names that Debians have changed, "old|new", the first one that is here or is to be had.
choose_package() {
  rest=$1
  while [ "$rest" != "${rest#*|}" ]; do
    one=${rest%%|*}
    have_package "$one" || apt-cache show "$one" 2>/dev/null | grep -q . || { rest=${rest#*|} && continue; }
    rest=$one
  done
  echo "$rest"
}

missing_packages() {
  for package in "$@"; do
    package=$(choose_package "$package")
    have_package "$package" || printf ' %s' "$package"
  done
}

# How to become root: nothing, sudo, or a failure when neither will do without a password
# that nobody is there to type.
root_command() {
  if [ "$(id -u)" -eq 0 ]; then
    echo env
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    echo "sudo env"
  else
    return 1
  fi
}

packages_give_up() {
  echo "$1" >&2
  echo "Install them and run this again; on Debian, as root:" >&2
  echo "    apt-get install$2" >&2
  exit 2
}

# How far apt-get is.
packages_set_up() {
  echo "$(count_of '^Get:' "$apt_log") fetched, $(count_of '^Setting up ' "$apt_log") set up"
}

# need_packages PACKAGE...: installs those that are missing, or names them and exits 2.
need_packages() {
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null ||
    packages_give_up "Missing here, and this is no Debian with apt-get:$missing" "$missing"
  as_root=$(root_command) ||
    packages_give_up "Missing here, and neither root nor sudo to install them:$missing" "$missing"
  # The password is asked for here: a step has no terminal.
  [ "$as_root" = env ] || sudo -v || packages_give_up "sudo was refused; missing:$missing" "$missing"
  echo "installing$missing"
  apt_log=$(mktemp)
  # A third-party source that is out of reach fails the update, not the install.
  # shellcheck disable=SC2086 # lists of words
  step 600 "$apt_log" "  lists of packages" true $as_root apt-get -q update || true
  missing=$(missing_packages "$@") # which of two names there is, is known now
  # shellcheck disable=SC2086 # lists of words
  step 3600 "$apt_log" "  packages" packages_set_up $as_root DEBIAN_FRONTEND=noninteractive apt-get -q -y \
    --no-install-recommends -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 install $missing || {
    tail -n 20 "$apt_log" >&2
    packages_give_up "apt-get could not install:$missing" "$missing"
  }
  rm -f "$apt_log"
  missing=$(missing_packages "$@")
  [ -z "$missing" ] ||
    packages_give_up "Installed, but still not to be found in PATH:$missing" "$missing"
}
