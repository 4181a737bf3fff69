#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A process of a container (PID and mount namespaces of its own), looked at from outside; and default folders that
# somebody else has made.

load tools

setup() {
  own_environment
  [ "$(id -u)" -eq 0 ] || skip "not root"
  folder=$(mktemp -d /tmp/container.XXXXXX)
  chmod 755 "$folder"
}

teardown() {
  [ -z "${outer:-}" ] || kill -9 "$outer" 2>/dev/null || true
  [ -z "${folder:-}" ] || rm -rf "$folder"
}

# await COMMAND...: until it succeeds, for half a minute.
await() {
  local until=$((SECONDS + 30))
  while ((SECONDS < until)); do
    ! "$@" || return 0
    sleep 0.1
  done
  return 1
}

has_child() {
  outer=$(pgrep -P "$unshare") && [ "$(readlink "/proc/$outer/exe")" = "$(readlink -f "$(command -v node)")" ]
}

shows() {
  [[ $("$WEIR" growth "$outer" 2>&1) == *'held.push'* ]]
}

# starts OPTION...: a Node in a container, whose folder $folder is its own; its pid here is $outer.
starts() {
  command -v node >/dev/null || skip "no node"
  unshare "$@" --pid --mount --fork --kill-child true || skip "no namespaces of one's own here"
  mkdir "$folder/app"
  echo 'of the host' >"$folder/app/leak.js"
  cat >"$BATS_TEST_TMPDIR/leak.js" <<'JS'
const held = [];
setInterval(() => {
  if (held.length < 20) held.push(Buffer.alloc(1 << 20, 1));
}, 5);
JS
  cat >"$BATS_TEST_TMPDIR/begin" <<'SH'
mount -t proc proc /proc
exec 4<"$2"
mount -t tmpfs tmpfs "$1" && mkdir "$1/inside" "$1/app" && cat <&4 >"$1/inside/leak.js" || exit
# A link of the container's is the container's: out here it would lead to the other file.
ln -s "$1/inside/leak.js" "$1/app/leak.js"
touch -d 2020-01-01 "$1/inside/leak.js"
exec 4<&-
mkdir "$1/real" && ln -s "$1/real" "$1/state"
exec env -i PATH="$PATH" XDG_STATE_HOME="$1/state" "$3" run -- node --preserve-symlinks --preserve-symlinks-main "$1/app/leak.js"
SH
  unshare "$@" --pid --mount --fork --kill-child \
    sh "$BATS_TEST_TMPDIR/begin" "$folder" "$BATS_TEST_TMPDIR/leak.js" "$WEIR" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
  unshare=$!
  await has_child || skip "no container here: $(cat "$BATS_TEST_TMPDIR/out")"
  await shows
}

# What every command says of the process in the container.
speaks_of_it() {
  run -0 "$WEIR" growth "$outer"
  has "pid $outer, "
  has ", running, process 1 of its container"
  has "leak.js:3"
  has "held.push(Buffer.alloc"
  run -0 "$WEIR" stat "$outer"
  has "process   $outer, running: "
  has "in a container, where it is process 1"
  has "Resident memory, now"
  run -0 "$WEIR" stat --json "$outer"
  has "\"pid\": $outer"
  has '"inner_pid": 1'
  has '"state": "running"'
  run -0 "$WEIR" top --once "$outer"
  has "process $outer, running"
  run -0 "$WEIR" report -o page.html "$outer"
  grep -q "process $outer" page.html
  run -0 "$WEIR" purge "$outer"
  has "process $outer gave back"
  run -0 "$WEIR" snap "$outer" now
  has 'mark 1 "now"'
  run -0 "$WEIR" doctor "$outer"
  has "weir is at work in this process"
}

@test "a process of a container is looked at from outside: it runs, its lines are its own files', it is asked" {
  starts
  speaks_of_it
  # The file by its name below the root, or where the host has it: the same process.
  start=$(start_ticks "$outer")
  run -0 "$WEIR" growth "/proc/$outer/root$folder/state/weir/1-$start.weir"
  has ", running, process 1 of its container"
  has "held.push(Buffer.alloc"
  cp "/proc/$outer/root$folder/real/weir/1-$start.weir" "1-$start.weir"
  run -0 "$WEIR" growth "1-$start.weir"
  has ", running, process 1 of its container"
  has "held.push(Buffer.alloc"
  # What cannot be done from here says where it can.
  run -1 "$WEIR" holders --yes "$outer"
  has "run weir in there"
  kill -9 "$outer"
  await test ! -e "/proc/$outer"
  outer=
  run -0 "$WEIR" growth "1-$start.weir"
  has ", gone"
  lacks "held.push(Buffer.alloc"
}

@test "a container with users of its own" {
  starts --user --map-root-user
  speaks_of_it
}

@test "a default folder that somebody else has made is named, by all who find no sidecar" {
  cat >idle.c <<'C'
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>
    int main(void)
    {
      for (int i = 0; i < 8; i++)
        memset(malloc(1 << 20), 1, 1 << 20);
      sleep(600);
    }
C
  gcc -O0 -o idle idle.c
  mkdir -p "$folder/weir-65534"
  cp idle "$folder"
  unset XDG_RUNTIME_DIR XDG_STATE_HOME HOME
  export TMPDIR=$folder
  nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  "${nobody[@]}" "$WEIR" run -- "$folder/idle" 3>&- &
  outer=$!
  await grep -q libweir_preload "/proc/$outer/maps"
  said="$folder/weir-65534 belongs to user 0, so weir writes nothing there"
  for what in stat growth; do
    run -1 "$WEIR" $what "$outer"
    has "$said"
    has "set XDG_STATE_HOME"
  done
  run -1 "$WEIR" doctor "$outer"
  has "$said"
  run -0 "${nobody[@]}" "$WEIR" stat
  has "$folder/weir-65534, which is not used: it belongs to user 0"
  run "${nobody[@]}" "$WEIR" run --summary -- true
  has "$said"
  chown 65534 "$folder/weir-65534"
  chmod 777 "$folder/weir-65534"
  run -1 "$WEIR" stat "$outer"
  has "$folder/weir-65534 may be written to by others, so weir writes nothing there"
}
