#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# weir.conf: what `weir run` takes from it, and what doctor says of it.

load tools

setup() {
  own_environment
  harmless_shim
  export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
  conf=$XDG_CONFIG_HOME/weir/weir.conf
  mkdir -p "$XDG_CONFIG_HOME/weir"
}

options_of() {
  "$WEIR" run "$@" -- sh -c 'printf "%s\n" "${WEIR_OPTIONS-unset}"'
}

@test "items of the file come first, then WEIR_OPTIONS, then what is typed" {
  printf '# ours\n\ndecay_ms=7000 , trace=off\n  floor = 64K  \n' >"$conf"
  run options_of
  [ "$output" = "decay_ms=7000,trace=off,floor = 64K" ]
  WEIR_OPTIONS=decay_ms=1 run options_of --floor=128K
  [ "$output" = "decay_ms=7000,trace=off,floor = 64K,decay_ms=1,floor=128K" ]
}

@test "without a file, and with --no-config, the environment is as it was" {
  run options_of
  [ "$output" = unset ]
  echo decay_ms=7000 >"$conf"
  run options_of --no-config
  [ "$output" = unset ]
  WEIR_OPTIONS=verbose=on run options_of --no-config
  [ "$output" = verbose=on ]
}

@test "without XDG_CONFIG_HOME the file is below HOME" {
  mkdir -p "$BATS_TEST_TMPDIR/home/.config/weir"
  echo decay_ms=7000 >"$BATS_TEST_TMPDIR/home/.config/weir/weir.conf"
  run env -u XDG_CONFIG_HOME HOME="$BATS_TEST_TMPDIR/home" \
    "$WEIR" run -- sh -c 'echo "$WEIR_OPTIONS"'
  [ "$output" = decay_ms=7000 ]
}

@test "an item that is none is named with file and line, and the others hold" {
  printf 'decay_ms=7000\nflour=1\nhelp\nfloor=1' >"$conf"
  run options_of
  [ "$status" -eq 0 ]
  has "$conf:2: \"flour=1\": unknown option; it is not used"
  has "$conf:3: \"help\": not a setting"
  has "$conf:4: \"floor=1\": value too small"
  [ "${lines[3]}" = decay_ms=7000 ]
}

@test "a comma within a value stays" {
  printf 'only=a\\,b,verbose=on\n' >"$conf"
  run options_of --quiet
  [ "$output" = 'only=a\,b,verbose=on' ]
}

@test "a file that others may write, a folder, a pipe and a zero byte are not used, and it is said" {
  echo decay_ms=7000 >"$conf"
  chmod o+w "$conf"
  run options_of
  has "$conf is not used: others may write it"
  [ "${lines[1]}" = unset ]
  printf 'decay_ms=7\0' >"$conf.new" && mv "$conf.new" "$conf"
  run options_of
  has "it holds a zero byte"
  rm "$conf" && mkfifo "$conf"
  run options_of
  has "it is no ordinary file"
  rm "$conf" && mkdir "$conf"
  run options_of
  has "it is no ordinary file"
  [ "${lines[1]}" = unset ]
}

@test "below the HOME of another user, who does not let one look, there is none" {
  [ "$(id -u)" -eq 0 ] || skip "needs root, to become another user"
  command -v setpriv >/dev/null || skip "no setpriv"
  folder=$(mktemp -d /tmp/weir-conf-XXXXXX) # not below a folder that only root may pass
  as_nobody() {
    setpriv --reuid 65534 --regid 65534 --clear-groups \
      env -u XDG_CONFIG_HOME -u WEIR_PRELOAD HOME="$folder/home" "$@"
  }
  cp "$WEIR" "$WEIR_PRELOAD" "$folder/" && chmod 755 "$folder" "$folder"/*
  mkdir -m 700 "$folder/home" && mkdir -p "$folder/home/.config/weir"
  as_nobody "$folder/weir" --version >/dev/null || skip "another user cannot run it"
  run as_nobody "$folder/weir" run -- echo runs
  has "runs"
  lacks "weir.conf"
  # One that is there and may not be read is told.
  chmod 755 "$folder/home"
  echo decay_ms=7000 >"$folder/home/.config/weir/weir.conf"
  chmod 600 "$folder/home/.config/weir/weir.conf"
  run as_nobody "$folder/weir" run -- echo runs
  has "weir.conf is not used: Permission denied"
  rm -r "$folder"
}

@test "doctor shows where each value comes from" {
  printf '\ndecay_ms=7000,floor=64K\n' >"$conf"
  WEIR_OPTIONS=decay_ms=1 run "$WEIR" doctor --json
  [ "$(jq -r .options.floor.value <<<"$output")" = 64K ]
  [ "$(jq -r .options.floor.note <<<"$output")" = "from $conf, line 2" ]
  [ "$(jq -r .options.decay_ms.note <<<"$output")" = "from WEIR_OPTIONS" ]
}
