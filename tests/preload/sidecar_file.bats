#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The sidecar's file: made safely, and whatever happens to it, the host goes on.

load preload

# A guest that allocates for a while: prints "sum N" at its end.
busy() {
  under stats_ms=10,decay_ms=20 "$GUESTS/stress" 2 "${1:-10000}" 5
}

await() {
  await_that test -e "$1"
}

asked_for() {
  [ "$(counter large_requests)" -gt "$1" ]
}

@test "private, of a fixed size, and complete after exit" {
  under enabled "$GUESTS/stress" 1 500
  [ "$(stat -c %a "$SIDECAR")" = 600 ]
  [ "$("$WEIR" stat --json "$SIDECAR" | grep -c '"state": "exited"')" -eq 1 ]
  adds_up
}

@test "SIGKILL leaves a sidecar that reads and adds up" {
  LD_PRELOAD=$SHIM WEIR_OPTIONS=stats=$SIDECAR,stats_ms=10 "$GUESTS/stress" 4 100000000 5 3>&- &
  guest=$!
  await_that asked_for 10
  kill -KILL "$guest"
  wait "$guest" || true
  adds_up
  [ "$(counter large_requests)" -gt 10 ]
  run "$WEIR" stat "$SIDECAR"
  [ "$status" -eq 0 ]
}

@test "readers see a running host's numbers agree, again and again" {
  LD_PRELOAD=$SHIM WEIR_OPTIONS=stats=$SIDECAR,stats_ms=10 "$GUESTS/stress" 4 100000000 5 3>&- &
  guest=$!
  await "$SIDECAR"
  for _ in $(seq 40); do
    adds_up || failed=1
  done
  kill -KILL "$guest"
  [ -z "${failed:-}" ]
}

@test "cut to nothing while it is written: no SIGBUS" {
  busy 3>&- &
  guest=$!
  await "$SIDECAR"
  for _ in 1 2 3 4 5; do
    : >"$SIDECAR"
    sleep 0.1
  done
  wait "$guest"
}

@test "deleted while it is written" {
  busy 3>&- &
  guest=$!
  await "$SIDECAR"
  rm "$SIDECAR"
  wait "$guest"
  [ ! -e "$SIDECAR" ]
}

@test "replaced while it is written, by a file and by a link: neither is written to" {
  for new in file link; do
    rm -f "$SIDECAR"
    echo precious >"$BATS_TEST_TMPDIR/precious"
    cp "$BATS_TEST_TMPDIR/precious" "$BATS_TEST_TMPDIR/file"
    ln -sf precious "$BATS_TEST_TMPDIR/link"
    busy 3>&- &
    guest=$!
    await "$SIDECAR"
    mv -f "$BATS_TEST_TMPDIR/$new" "$SIDECAR"
    wait "$guest"
    [ "$(cat "$SIDECAR")" = precious ]
    [ "$(cat "$BATS_TEST_TMPDIR/precious")" = precious ]
  done
}

@test "a symbolic link in its place is not followed" {
  echo precious >"$BATS_TEST_TMPDIR/precious"
  ln -s "$BATS_TEST_TMPDIR/precious" "$SIDECAR"
  busy 500
  [ "$(cat "$BATS_TEST_TMPDIR/precious")" = precious ]
  ln -sf "$BATS_TEST_TMPDIR/new" "$SIDECAR"
  busy 500
  [ ! -e "$BATS_TEST_TMPDIR/new" ]
}

# Made by the clock's thread, which has a table of descriptors of its own, where a host begins with a
# block as large as this; else by the host's.
@test "what the host has open under the same number is neither linked nor written to" {
  precious=$BATS_TEST_TMPDIR/precious
  for options in stats_ms=10,decay_ms=20 decay_thread=off,stats_ms=10,decay_ms=20; do
    rm -f "$SIDECAR"
    echo precious >"$precious"
    under $options perl -e '$x = "x" x 40000000; select undef, undef, undef, 0.1; $y = $x . "y"' \
      0<>"$precious" 3<>"$precious" 4<>"$precious" 5<>"$precious" 6<>"$precious" 7<>"$precious"
    [ "$(cat "$precious")" = precious ]
    [ "$(stat -c %h "$precious")" -eq 1 ]
    adds_up
  done
}

@test "a file that is no sidecar is not taken over" {
  echo precious >"$SIDECAR"
  busy 500
  [ "$(cat "$SIDECAR")" = precious ]
}

@test "an earlier run's sidecar is replaced" {
  busy 500
  first=$(stat -c %i "$SIDECAR")-$("$WEIR" stat --json "$SIDECAR" | grep '"pid"')
  busy 500
  [ "$(stat -c %i "$SIDECAR")-$("$WEIR" stat --json "$SIDECAR" | grep '"pid"')" != "$first" ]
  adds_up
}

@test "the sidecar of another user is neither replaced nor written to" {
  [ "$(id -u)" -eq 0 ] || skip "needs root to give a file away"
  busy 500
  chown 65534 "$SIDECAR"
  before=$(sha256sum "$SIDECAR")-$(stat -c %i "$SIDECAR")
  busy 500
  [ "$(sha256sum "$SIDECAR")-$(stat -c %i "$SIDECAR")" = "$before" ]
}

@test "percent signs in a path are the process id, a percent sign, or themselves" {
  cd "$BATS_TEST_TMPDIR"
  SIDECAR='%s%n%p%%%x%' busy 500
  made=(*)
  [ "${#made[@]}" -eq 1 ]
  [[ ${made[0]} =~ ^%s%n[0-9]+%%x%$ ]]
}

@test "no content of a block is in the sidecar" {
  under enabled perl -e '$x = "SECRETSECRET" x 300000; $y = $x . "more"; print length $y'
  [ -s "$SIDECAR" ]
  ! grep -q SECRETSECRET "$SIDECAR"
}

# secretive ARGUMENT...: Perl's program comes from standard input.
secretive() {
  rm -f "$SIDECAR"
  echo 'my $x = "y" x 5000000; $x .= "z"; print length $x' | under enabled perl "$@"
  [ -s "$SIDECAR" ]
  grep -q perl "$SIDECAR"
  [ "$(grep -c SECRET "$SIDECAR")" -eq 0 ]
}

@test "code and passwords of the command line are not in the sidecar" {
  secretive -e 'print "x" x 5e6; "SECRET"'
  secretive -s - --password=SECRET a b
  secretive - one two three SECRET
}

@test "missing folder, read-only folder, a device: the host goes on" {
  SIDECAR=/no/such/folder/x.weir busy 500
  SIDECAR=/proc/x.weir busy 500
  SIDECAR=/dev/null busy 500
  SIDECAR=/dev/full busy 500
}

@test "a full disk: the host goes on, no file is left" {
  [ "$(id -u)" -eq 0 ] || skip "needs root to mount a small file system"
  mkdir "$BATS_TEST_TMPDIR/small"
  mount -t tmpfs -o size=8k none "$BATS_TEST_TMPDIR/small" || skip "cannot mount here"
  SIDECAR=$BATS_TEST_TMPDIR/small/x.weir run busy 500
  left=$(find "$BATS_TEST_TMPDIR/small" -type f)
  umount "$BATS_TEST_TMPDIR/small"
  [ "$status" -eq 0 ]
  [ -z "$left" ]
}

@test "off: no file" {
  export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
  mkdir "$XDG_RUNTIME_DIR"
  LD_PRELOAD=$SHIM WEIR_OPTIONS=stats=off "$GUESTS/stress" 1 500
  [ ! -e "$XDG_RUNTIME_DIR/weir" ]
}

@test "a default folder that others can write to is not used" {
  export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
  mkdir -p "$XDG_RUNTIME_DIR/weir" "$XDG_STATE_HOME"
  chmod 777 "$XDG_RUNTIME_DIR/weir"
  LD_PRELOAD=$SHIM "$GUESTS/stress" 1 500
  [ -z "$(find "$XDG_RUNTIME_DIR/weir" -type f)" ]
  [ "$(find "$XDG_STATE_HOME/weir" -type f | wc -l)" -eq 1 ]
}

@test "without other folders the default one is in TMPDIR, where the command looks too" {
  for tmp in "$BATS_TEST_TMPDIR/tmp" /no/such; do
    mkdir -p "$BATS_TEST_TMPDIR/tmp"
    env -u XDG_RUNTIME_DIR -u XDG_STATE_HOME -u HOME TMPDIR="$tmp" LD_PRELOAD="$SHIM" \
      "$GUESTS/stress" 1 500
  done
  [ "$(find "$BATS_TEST_TMPDIR/tmp/weir-$(id -u)" -name '*.weir' | wc -l)" -eq 1 ]
  run env -u XDG_RUNTIME_DIR -u XDG_STATE_HOME -u HOME TMPDIR="$BATS_TEST_TMPDIR/tmp" "$WEIR" stat
  [[ $output == *" stress"* ]]
}

@test "a default folder on another machine's or a program's file system is used only if there is no other" {
  local slow=$BATS_TEST_TMPDIR/slow tmp=$BATS_TEST_TMPDIR/tmp
  mkdir -p "$BATS_TEST_TMPDIR/behind" "$slow" "$tmp"
  command -v bindfs && bindfs "$BATS_TEST_TMPDIR/behind" "$slow" 3>&- || skip "no bindfs, or it cannot mount"
  env -u XDG_RUNTIME_DIR -u XDG_STATE_HOME HOME="$slow" TMPDIR="$tmp" LD_PRELOAD="$SHIM" "$GUESTS/stress" 1 500
  env -u XDG_RUNTIME_DIR -u XDG_STATE_HOME HOME="$slow" TMPDIR="$slow" LD_PRELOAD="$SHIM" "$GUESTS/stress" 1 500
  fusermount3 -u "$slow" || fusermount -u "$slow"
  [ "$(find "$tmp/weir-$(id -u)" -name '*.weir' | wc -l)" -eq 1 ]
  [ "$(find "$BATS_TEST_TMPDIR/behind/.local/state/weir" -name '*.weir' | wc -l)" -eq 1 ]
}

@test "a default folder whose server does not answer is not asked, nor by a link that leads there" {
  local gone=$BATS_TEST_TMPDIR/gone tmp=$BATS_TEST_TMPDIR/tmp
  mkdir -p "$BATS_TEST_TMPDIR/behind/me" "$gone" "$tmp"
  command -v bindfs || skip "no bindfs"
  bindfs -f "$BATS_TEST_TMPDIR/behind" "$gone" 3>&- &
  server=$!
  await_that mountpoint -q "$gone" || skip "bindfs cannot mount"
  ln -s "$gone/me" "$BATS_TEST_TMPDIR/home"
  kill -STOP "$server"
  for home in "$gone" "$gone/me" "$BATS_TEST_TMPDIR/home"; do
    env -u XDG_RUNTIME_DIR -u XDG_STATE_HOME HOME="$home" TMPDIR="$tmp" LD_PRELOAD="$SHIM" \
      timeout -s KILL 60 "$GUESTS/stress" 1 500 || failed=yes
  done
  kill -CONT "$server"
  fusermount3 -u "$gone" || fusermount -u "$gone"
  [ -z "${failed:-}" ]
  [ "$(find "$tmp/weir-$(id -u)" -name '*.weir' | wc -l)" -eq 3 ]
}

@test "of a command line of any length there is on record what there is room for" {
  for n in 100 188 189 190 191 192 193 400 2047 2048 5000; do
    rm -f "$SIDECAR"
    name=$(head -c "$n" /dev/zero | tr '\0' x)
    run -0 bash -c 'export LD_PRELOAD=$2 WEIR_OPTIONS=stats=$3; exec -a "$1" "$4" 1 500 more' bash "$name" "$SHIM" "$SIDECAR" "$GUESTS/stress"
    "$WEIR" stat --check "$SIDECAR"
  done
}

@test "small programs leave no sidecar and start no thread" {
  export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
  mkdir "$XDG_RUNTIME_DIR"
  run env LD_PRELOAD="$SHIM" sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do ls / >/dev/null; date >/dev/null; done; grep Threads /proc/self/status'
  [ "$output" = $'Threads:\t1' ]
  [ ! -e "$XDG_RUNTIME_DIR/weir" ]
}

@test "the host's descriptors are its own" {
  run under enabled "$GUESTS/descriptors"
  [ "$status" -eq 0 ]
  [ "$output" = "all in order" ]
}

@test "without close_range, as before Linux 5.9, the host's descriptors are its own as well" {
  REFUSE=shim:close_range:ENOSYS REFUSE_SAY=$BATS_TEST_TMPDIR/refused SHIM=$WEIR_BUILDDIR/librefused.so:$COMPANY \
    run under enabled "$GUESTS/descriptors"
  [ "$status" -eq 0 ]
  [ "$output" = "all in order" ]
  [ -s "$BATS_TEST_TMPDIR/refused" ]
  adds_up
}

@test "a default folder keeps 256 sidecars: the oldest of processes that are gone make way, nothing else" {
  local folder=$BATS_TEST_TMPDIR/run/weir make=$WEIR_BUILDDIR/tests/tools/make_sidecar
  [ -x "$make" ] || skip "not built here"
  cd "$BATS_TEST_TMPDIR"
  mkdir -p "$folder"
  chmod 700 "$folder"
  "$make" gone pid=999999999 start=1
  # 260 of processes that are gone, eight of them older; one that runs, and what is none, older still.
  tee "$folder"/999999999-{100..359}.weir <gone >/dev/null
  "$make" "$folder/$$-1.weir" pid=$$ start=1
  echo "no sidecar" >"$folder/5-5.weir"
  touch -d 2020-01-01 "$folder"/999999999-*.weir
  touch -d 2019-01-01 "$folder"/999999999-10[0-7].weir
  touch -d 2018-01-01 "$folder/$$-1.weir" "$folder/5-5.weir"
  XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run LD_PRELOAD=$SHIM "$GUESTS/stress" 1 500
  [ "$(find "$folder" -type f | wc -l)" -eq 256 ]
  [ "$(find "$folder" -name '999999999-10[0-7].weir' | wc -l)" -eq 1 ]
  [ -e "$folder/$$-1.weir" ] && [ -e "$folder/5-5.weir" ]
  # Where the files lie elsewhere they are the user's own affair.
  touch "$folder"/7-{1..9}.weir
  LD_PRELOAD=$SHIM WEIR_OPTIONS=stats=$folder/1-1.weir "$GUESTS/stress" 1 500
  [ "$(find "$folder" -type f | wc -l)" -eq 266 ]
}
