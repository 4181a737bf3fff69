#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The npm packages of this machine, installed from their files into a folder with a blank in its name, and used.

load repo
bats_require_minimum_version 1.5.0

setup_file() {
  command -v npm >/dev/null || return 0
  make -s -C "$WEIR_BUILDDIR" weir-static >"$BATS_FILE_TMPDIR/log" 2>&1 || return 0
  "$WEIR_SRCDIR/packaging/npm/pack-npm" "$WEIR_BUILDDIR" "$BATS_FILE_TMPDIR/packed" glibc >>"$BATS_FILE_TMPDIR/log" 2>&1 || return 0
  mkdir -p "$BATS_FILE_TMPDIR/my app"
  cd "$BATS_FILE_TMPDIR/my app" || return 1
  echo '{ "name": "app", "version": "1.0.0" }' >package.json
  # The other platforms' packages are nowhere: npm goes on, since they are optional.
  npm install --offline --no-audit --no-fund --loglevel=error "$BATS_FILE_TMPDIR"/packed/*.tgz >>"$BATS_FILE_TMPDIR/log" 2>&1
}

setup() {
  command -v npm >/dev/null || skip "no npm here"
  ls /usr/lib/*/lib{ncursesw,json-c,dw,lzma,bz2,zstd}.a >/dev/null 2>&1 || skip "no static libraries here"
  cat "$BATS_FILE_TMPDIR/log"
  cd "$BATS_FILE_TMPDIR/my app" || return 1
}

@test "the command needs no library and fits in 3 MB" {
  weir=$(echo node_modules/@weirmem/weir-linux-*-glibc/bin/weir)
  [ "$(readelf -d "$weir" 2>&1 | grep -c NEEDED)" -eq 0 ]
  [ "$(stat -c %s "$weir")" -le 3000000 ]
}

@test "npx weir: a program runs under it, with its own status, and its line is named" {
  echo 'const held = []; function remember() { held.push(Buffer.alloc(4e5, 1)); }
    for (let i = 0; i < 100; i++) remember(); process.exitCode = 5;' >grow.js
  XDG_RUNTIME_DIR=$PWD/../run
  mkdir -p "$XDG_RUNTIME_DIR"
  export XDG_RUNTIME_DIR
  run npx --offline weir run --stats=grow.weir -- node grow.js
  [ "$status" -eq 5 ]
  run npx --offline weir growth grow.weir
  [ "$status" -eq 0 ]
  [[ $output == *"remember grow.js:1:"* ]]
}

# By a package manager, from a registry that has what was packed: `manager run WEIR-ARGUMENT...` in a folder of its own.
add_by() {
  # shellcheck source=scripts/runtimes.sh
  . "$WEIR_SRCDIR/scripts/runtimes.sh"
  manager=$(runtimes_dir)/$1/exe
  [ -e "$manager" ] || skip "$1 was not fetched"
  cd "$BATS_TEST_TMPDIR" || return 1
  node "$WEIR_SRCDIR/tests/repo/npm_registry.mjs" "$BATS_FILE_TMPDIR/packed" port 3>&- &
  registry=$!
  for _ in $(seq 100); do
    [ ! -e port ] || break
    sleep 0.1
  done
  mkdir app
  cd app || return 1
  echo '{ "name": "app", "version": "1.0.0", "license": "Apache-2.0" }' >package.json
  echo 'const held = []; function remember() { held.push(Buffer.alloc(4e5, 1)); }
    for (let i = 0; i < 100; i++) remember(); process.exitCode = 5;' >grow.js
  touch yarn.lock # or Yarn takes a folder further up for its project
  npm_config_registry=http://127.0.0.1:$(cat ../port)
  # Of each manager what it would ask the real registry for, or keep in the home folder.
  export npm_config_registry HOME=$PWD/.. YARN_NPM_REGISTRY_SERVER=$npm_config_registry YARN_UNSAFE_HTTP_WHITELIST=127.0.0.1 \
    YARN_ENABLE_TELEMETRY=0 YARN_ENABLE_GLOBAL_CACHE=0 YARN_NPM_MINIMAL_AGE_GATE=0 YARN_ENABLE_IMMUTABLE_INSTALLS=0 CI=true
  run -0 env -u http_proxy -u HTTP_PROXY node "$manager" add @weirmem/weir
  kill "$registry"
}

names_the_line() {
  run -5 node "$manager" "$@" weir run --stats=grow.weir node grow.js
  run -0 node "$manager" "$@" weir growth grow.weir
  [[ $output == *"remember grow.js:1:"* ]]
}

@test "pnpm" {
  add_by pnpm
  names_the_line exec
}

@test "Yarn 1" {
  add_by yarn1
  names_the_line --silent
}

@test "Yarn 4, with a folder node_modules" {
  export YARN_NODE_LINKER=node-modules
  add_by yarn4
  names_the_line
}

@test "Yarn 4, without one (PnP): the platform's package is unpacked, not run out of an archive" {
  export YARN_NODE_LINKER=pnp
  add_by yarn4
  [ ! -e node_modules ]
  names_the_line
}

@test "a folder with nothing but Node, its libraries and weir: started, at work, the line named" {
  [ "$(id -u)" -eq 0 ] && unshare -m true || skip "needs root, and namespaces of mounts"
  root=$BATS_TEST_TMPDIR/root
  mkdir -p "$root"/{proc,tmp,app,opt/weir}
  cp -r node_modules/@weirmem/weir-linux-*-glibc/{bin,lib} "$root/opt/weir/"
  node=$(node -p process.execPath)
  ldd "$node" | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library"
  done
  cp -L "$node" "$root/app/node"
  echo 'const held = []; function remember() { held.push(Buffer.alloc(4e5, 1)); }
    for (let i = 0; i < 300; i++) remember();
    setInterval(() => require("fs").existsSync("/tmp/end") && process.exit(5), 20);' >"$root/app/grow.js"
  cat >"$root/within" <<'END'
mount -t proc proc "$1/proc" || exit 1
chroot "$1" /opt/weir/bin/weir run --stats=/tmp/grow.weir -- /app/node /app/grow.js &
for _ in $(seq 300); do
  chroot "$1" /opt/weir/bin/weir doctor --quiet $! && echo "at work" && break
  sleep 0.1
done
touch "$1/tmp/end"
wait $!
echo "status $?"
chroot "$1" /opt/weir/bin/weir growth /tmp/grow.weir
END
  run -0 env -u NODE_EXTRA_CA_CERTS unshare -m sh "$root/within" "$root"
  [[ $output == *"at work"*"status 5"*"remember grow.js:1:"* ]]
}

@test "from JavaScript: run, and an environment for children" {
  mkdir -p ../run
  export XDG_RUNTIME_DIR=$PWD/../run
  cat >api.js <<'JS'
const weir = require('@weirmem/weir');
const { spawnSync } = require('child_process');
// The folder has a blank in its name, which LD_PRELOAD cannot hold: a link, also where that was taken away meanwhile.
for (let i = 0; i < 2; i++) {
  const env = weir.env();
  console.log(env.LD_PRELOAD.includes(' '), spawnSync('grep', ['-c', 'libweir_preload', '/proc/self/maps'], { env }).stdout > 1);
  require('fs').unlinkSync(env.LD_PRELOAD);
}
console.log(weir.env({}, { LD_PRELOAD: '/a/first.so:/b/libjemalloc.so.2' }).LD_PRELOAD.replace(/:[^:]*shim[^:]*:/, ':weir:'));
const child = weir.run('sh', ['-c', 'grep -c libweir_preload /proc/self/maps; echo $WEIR_OPTIONS'],
  { stdio: 'inherit', weir: { floor: '256K', gather: false } });
child.on('exit', (status) => console.log('status', status));
JS
  run -0 node api.js
  [[ $output == "false true"*"false true"*"/a/first.so:weir:/b/libjemalloc.so.2"* ]]
  [[ $output == *"floor=256K,gather=off"* ]]
  [[ $output == *"status 0"* ]]
  cp -r node_modules ../plain_modules
  mkdir -p ../plain && rm -rf ../plain/node_modules && mv ../plain_modules ../plain/node_modules
  cd ../plain || return 1
  run -0 node -e 'const weir = require("@weirmem/weir");
    const { spawnSync } = require("child_process");
    const env = weir.env({ stats: "/a,b", trace: false }, { ...process.env, LD_PRELOAD: "", WEIR_OPTIONS: "verbose" });
    console.log(env.WEIR_OPTIONS);
    console.log(spawnSync("grep", ["-c", "libweir_preload", "/proc/self/maps"], { env }).stdout.toString() > 1);'
  [[ $output == *'verbose,stats=/a\,b,trace=off'* ]]
  [[ $output == *true* ]]
}

@test "without its platform's package it says so, and how to get it" {
  mkdir -p ../lonely/node_modules/@weirmem
  cp -r node_modules/@weirmem/weir ../lonely/node_modules/@weirmem/
  cd ../lonely || return 1
  run node node_modules/@weirmem/weir/bin/weir.js run true
  [ "$status" -eq 1 ]
  [[ $output == "weir: the package @weirmem/weir-linux-"*"is not installed"*"npm install @weirmem/weir-linux-"* ]]
}

@test "the list of what the packages consist of: each file as it is shipped, each archive that was linked in" {
  command -v jq >/dev/null && command -v dpkg-query >/dev/null || skip "no jq, or no packages of Debian"
  cp -r "$BATS_FILE_TMPDIR/packed" "$BATS_TEST_TMPDIR/out"
  "$WEIR_SRCDIR/packaging/sbom/pack-sbom" "$WEIR_BUILDDIR" "$BATS_TEST_TMPDIR/out"
  cd "$BATS_TEST_TMPDIR/out" || return 1
  list=$(echo weir-*.spdx.json)
  jq -r '.files[].fileName' "$list" | sort >listed
  ls ./*.tgz >shipped
  for package in *.tgz; do
    name=${package%-[0-9]*}
    mkdir "$name"
    tar -xzf "$package" -C "$name" --strip-components=1
    find "./$name" -type f >>shipped
  done
  sort shipped | diff - listed
  jq -r '.files[] | .checksums[0].checksumValue + "  " + .fileName' "$list" | sha256sum -c --quiet
  for package in glibc elfutils json-c ncurses zlib; do
    jq -e --arg name $package '.packages[] | select(.name == $name) | .versionInfo | length > 0' "$list"
  done
  # Each name that a relation uses is there.
  jq -e '([.packages[], .files[], .] | map(.SPDXID)) as $ids |
    all(.relationships[]; (.spdxElementId | IN($ids[])) and (.relatedSpdxElement | IN($ids[])))' "$list"
}

@test "RPM packages are installed into an empty tree, the command of theirs works, and removed they leave no file" {
  [ -n "${WEIR_LONG-}" ] || skip "long: set WEIR_LONG=1"
  command -v rpmbuild >/dev/null || skip "no rpmbuild here"
  make -s -C "$WEIR_BUILDDIR" dist-gzip
  WEIR_RPM_FLAGS="--nodeps --nocheck" "$WEIR_SRCDIR/packaging/rpm/pack-rpm" "$WEIR_BUILDDIR"/weir-*.tar.gz "$BATS_TEST_TMPDIR/rpms"
  cd "$BATS_TEST_TMPDIR" || return 1
  mkdir tree
  # The tree has none of the libraries that they ask for.
  rpm --root "$PWD/tree" --initdb
  rpm --root "$PWD/tree" -i --nodeps rpms/*.rpm
  [ "$(rpm --root "$PWD/tree" -qa | sort | xargs)" = "$(cd rpms && ls ./*.rpm | sed 's|^./||; s|\.rpm$||' | sort | xargs)" ]
  rpm --root "$PWD/tree" -V --nodeps -a
  XDG_RUNTIME_DIR=$PWD run -0 tree/usr/bin/weir run --stats=x.weir -- perl -e 'print length("x" x 5000000)'
  [ "$output" = 5000000 ]
  tree/usr/bin/weir stat --check x.weir
  rpm --root "$PWD/tree" -e --nodeps weir libweir libweir-devel
  find tree -path '*/var/*' -prune -o -path '*/.rpmdb/*' -prune -o -type f -print | no_lines
}

@test "what Alpine's abuild is given: built with musl, all of it in one of the packages, and the command works" {
  [ -n "${WEIR_LONG-}" ] || skip "long: set WEIR_LONG=1"
  command -v musl-gcc >/dev/null || skip "no musl-gcc here"
  make -s -C "$WEIR_BUILDDIR" dist-gzip
  "$WEIR_SRCDIR/packaging/apk/pack-apk" "$WEIR_BUILDDIR"/weir-*.tar.gz "$BATS_TEST_TMPDIR"
  cd "$BATS_TEST_TMPDIR/apk" || return 1
  # What abuild does with the file.
  cat >as_abuild <<'END'
set -eu
. "$WEIR_SRCDIR/scripts/musl.sh"
. ./APKBUILD
echo "$sha512sums" | sha512sum -c
tar -xf "$source"
export CC="$(musl_cc "$PWD/kernel")" MAKEFLAGS=-j2
CBUILD=$(uname -m)-linux CHOST=$CBUILD
pkgdir=$PWD/weir
amove() {
  for path in $(cd "$pkgdir" && ls -d $*); do
    mkdir -p "$subpkgdir/$(dirname "$path")"
    mv "$pkgdir/$path" "$subpkgdir/$path"
  done
}
cd weir-$pkgver
build >../log 2>&1
package >>../log 2>&1
subpkgdir=$PWD/../libweir && libweir
subpkgdir=$PWD/../dev && _dev
END
  sh as_abuild || { tail -n 20 log && return 1; }
  # A file of each, and none of theirs left.
  [ -f weir/usr/bin/weir ] && [ -f weir/usr/lib/weir/libweir_preload.so ] && [ -f weir/usr/share/man/man1/weir.1 ]
  [ -f dev/usr/include/weir/encode.h ] && [ -f dev/usr/lib/pkgconfig/weir.pc ]
  ls libweir/usr/lib/libweir.so.0
  [ "$(find weir -path '*/lib/*' ! -type d | sort | xargs)" = "$(echo weir/usr/lib/weir/{libweir_attach.so,libweir_preload.so,weir_collect.js})" ]
  readelf -d weir/usr/lib/weir/libweir_preload.so libweir/usr/lib/libweir.so.0 | grep -c 'libc\.so\]' | grep -qx 2
  printf '#include <stdlib.h>\n#include <string.h>\nint main(void)\n{\n\tvoid *p = malloc(5000000);\n\tmemset(p, 1, 5000000);\n\tfree(p);\n\treturn 7;\n}\n' >large.c
  musl-gcc -fno-builtin -o large large.c
  run -7 weir/usr/bin/weir run --stats="$PWD/x.weir" -- ./large
  weir/usr/bin/weir stat --check x.weir
}
