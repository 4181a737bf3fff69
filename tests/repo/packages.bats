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
  ls /usr/lib/*/lib{ncursesw,json-c,dw,lzma,bz2}.a >/dev/null 2>&1 || skip "no static libraries here"
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
  [[ $output == *"remember "*"/grow.js:1:"* ]]
}

@test "from JavaScript: run, and an environment for children" {
  # A path without a blank: LD_PRELOAD itself cannot hold one.
  ln -sfn "$PWD" ../app
  cat >api.js <<'JS'
const weir = require('@weirmem/weir');
const { spawnSync } = require('child_process');
try {
  weir.env();
  console.log('no complaint');
} catch (error) {
  console.log(error.message.replace(/".*"/, '"..."'));
}
const child = weir.run('sh', ['-c', 'grep -c libweir_preload /proc/self/maps; echo $WEIR_OPTIONS'],
  { stdio: 'inherit', weir: { floor: '256K', gather: false } });
child.on('exit', (status) => console.log('status', status));
JS
  run -0 node api.js
  [[ $output == *'LD_PRELOAD cannot hold "...", a path with a blank or a colon'* ]]
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
