#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# weir attach to a process of a container, from outside: other PID and mount namespaces, a root of its own.

load attach

setup() {
  own_sidecars
  can_attach
  [ "$(id -u)" -eq 0 ] || skip "not root"
  root=$(mktemp -d /tmp/attach-container.XXXXXX)
  chmod 755 "$root"
}

teardown() {
  [ -z "${outer:-}" ] || kill -KILL "$outer" 2>/dev/null || true
  [ -z "${root:-}" ] || rmdir "$root" 2>/dev/null || true
}

child_of() {
  guest=$(pgrep -P "$1")
}

# contained OPTIONS OF_TMP OF_DEV USER...: the guest as process 1, its /tmp and /dev mounted so; OPTIONS of unshare.
contained() {
  cat >"$BATS_TEST_TMPDIR/begin" <<'SH'
set -e
root=$1 seen=$2 of_tmp=$3 of_dev=$4
shift 4
mount --make-rprivate /
mount -t tmpfs tmpfs "$root"
cd "$root"
mkdir -p usr etc proc dev tmp old app data home/.local/state/weir
for d in bin lib lib64 sbin; do
  if [ -L /$d ]; then ln -s "$(readlink /$d)" $d; else mkdir $d && mount --rbind /$d $d; fi
done
mount --rbind /usr usr
mount --rbind /etc etc
mount -t proc proc proc
mount -t tmpfs -o "mode=755,$of_dev" tmpfs dev
mount -t tmpfs -o "mode=1777,$of_tmp" tmpfs tmp
mount -t tmpfs -o mode=1777 tmpfs data
cp "$seen" app/seen
# A link of theirs is theirs: out here it would lead elsewhere.
ln -s /data link
mount -o remount,ro,bind . 2>/dev/null || mount -o remount,ro .
pivot_root . old
cd /
exec "$@" /app/seen
SH
  said=$BATS_TEST_TMPDIR/said
  rm -f "$BATS_TEST_TMPDIR/orders"
  mkfifo "$BATS_TEST_TMPDIR/orders"
  # shellcheck disable=SC2086
  unshare $1 --pid --mount --fork --kill-child env PATH="$PATH:/usr/sbin:/sbin" sh "$BATS_TEST_TMPDIR/begin" "$root" "$GUESTS/observed" "$2" "$3" env -i "${@:4}" \
    <"$BATS_TEST_TMPDIR/orders" >"$said" 2>&1 3>&- &
  outer=$!
  exec 9>"$BATS_TEST_TMPDIR/orders"
  await_that eval "grep -q ready '$said' || ! kill -0 $outer"
  grep -q ready "$said" || skip "no container here: $(cat "$said")"
  child_of "$outer"
}

# goes_on: it is attached, seen from outside, and left.
goes_on() {
  order leak 3
  await_that live leak_here 3
  "$WEIR" growth "$guest" | grep -q "process 1 of its container"
  (cd "/proc/$guest/root" && [ -z "$(find tmp dev data -name 'weir-attach-*')" ])
  "$WEIR" detach "$guest"
  run -0 "$WEIR" attach "$guest"
  [[ $output == "attached to $guest again"* ]]
  "$WEIR" detach "$guest"
  order slots
  grep -q 'malloc in libc.so.6, free in libc.so.6' "$said"
  last_order exit
  exec 9>&-
  local status=0
  wait "$outer" || status=$?
  outer=
  [ "$status" -eq 7 ]
}

@test "a container's process is attached to from outside, named, detached" {
  contained "" rw rw
  run "$WEIR" doctor "$guest"
  [[ $output == *"weir attach $guest"* ]]
  "$WEIR" attach "$guest"
  grep -q ' /tmp/weir-attach-.*/libweir_attach.so' "/proc/$guest/maps"
  goes_on
}

@test "a folder for sidecars that came with a read-only image is passed over" {
  contained "" rw rw env HOME=/home
  "$WEIR" attach "$guest"
  (cd "/proc/$guest/root" && [ -n "$(find tmp/weir-0 -name '*.weir')" ])
  goes_on
}

@test "a container with users of its own" {
  contained "--user --map-root-user" rw rw
  "$WEIR" attach "$guest"
  goes_on
}

@test "a read-only root, no code from /tmp, another user: by /dev, which is the container's own" {
  contained "" noexec rw setpriv --reuid=65534 --regid=65534 --clear-groups
  "$WEIR" attach "$guest"
  grep -q ' /dev/weir-attach-.*/libweir_attach.so' "/proc/$guest/maps"
  [ "$(cd "/proc/$guest/root" && stat -c %u tmp/weir-65534)" -eq 65534 ]
  goes_on
}

@test "code from nowhere: refused, with what to do; a folder that is named, by a link of theirs" {
  contained "" noexec noexec
  run -1 "$WEIR" attach "$guest"
  [[ $output == *"no folder where it could load a library from"*"--folder=PATH"* ]]
  run -1 "$WEIR" attach --folder=/tmp "$guest"
  [[ $output == *"no library can be put into /tmp"*"noexec"* ]]
  [ "$(grep -c libweir "/proc/$guest/maps")" -eq 0 ]
  "$WEIR" attach --folder=/link "$guest"
  grep -q ' /data/weir-attach-.*/libweir_attach.so' "/proc/$guest/maps"
  goes_on
}
