#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# weir attach that is ended midway: by a signal it leaves nothing behind, and what it left after SIGKILL the next one clears.

load attach

setup() {
  own_sidecars
  can_attach
  base=$BATS_TEST_TMPDIR/base
  mkdir -m 1777 "$base"
  start "$GUESTS/odd" rest
  may_trace
  end_guest
}

teardown() {
  end_guest
}

left() {
  find "$base" -mindepth 1
}

# ended_by SIGNAL STATUS: the command, while its folder is there.
ended_by() {
  local status=0
  env --default-signal=INT "$WEIR" attach --folder="$base" "$guest" >/dev/null 2>&1 3>&- &
  command=$!
  await_that test -e "$base/weir-attach-$guest-$command/options"
  # It is being looked for a safe point, or its sidecar is.
  sleep 0.2
  kill "-$1" "$command"
  wait "$command" || status=$?
  [ "$status" -eq "$2" ]
}

@test "ended by SIGTERM, SIGINT, SIGHUP while it looks for a safe point: nothing is left, the process goes on" {
  # It never comes to one.
  start "$GUESTS/odd" coroutine
  for signal in "TERM 143" "INT 130" "HUP 129"; do
    # shellcheck disable=SC2086 # two words
    ended_by $signal
    [ -z "$(left)" ]
    [ "$(awk '/^TracerPid/ { print $2 }' "/proc/$guest/status")" = 0 ]
    kill -0 "$guest"
  done
}

@test "ended while it waits for a sidecar, which cannot come: nothing is left, the process goes on" {
  start "$GUESTS/observed"
  local status=0
  "$WEIR" attach --folder="$base" --stats=/proc/none.weir "$guest" >/dev/null 2>&1 3>&- &
  command=$!
  await_that grep -q libweir_attach "/proc/$guest/maps"
  [ -n "$(left)" ]
  kill -TERM "$command"
  wait "$command" || status=$?
  [ "$status" -eq 143 ]
  [ -z "$(left)" ]
  kill -0 "$guest"
}

@test "what was left by commands that were killed is cleared by the next; what is another's is not, nor where links lead" {
  start "$GUESTS/odd" coroutine
  ended_by KILL 137
  [ -n "$(left)" ]
  end_guest

  mkdir -p "$BATS_TEST_TMPDIR/elsewhere" "$base/weir-attach-1-2" "$base/weir-attach-1-3" "$base/weir-attach-1-4x"
  touch "$BATS_TEST_TMPDIR"/elsewhere/{options,libweir_attach.so} "$base/weir-attach-1-2/mine" "$base"/weir-attach-1-{3,4x}/options
  ln -s "$BATS_TEST_TMPDIR/elsewhere" "$base/weir-attach-1-1"
  ln -s "$BATS_TEST_TMPDIR/elsewhere" "$base/weir-attach-1-2/options"
  touch "$base/weir-attach-1-5"
  # A command that lives.
  exec 7<"$base/weir-attach-1-3"
  flock 7
  start "$GUESTS/observed"
  "$WEIR" attach --folder="$base" "$guest" 7<&-
  left | sed "s|.*/base/||" | sort >"$BATS_TEST_TMPDIR/left"
  cat "$BATS_TEST_TMPDIR/left"
  diff - "$BATS_TEST_TMPDIR/left" <<-END
	weir-attach-1-1
	weir-attach-1-2
	weir-attach-1-2/mine
	weir-attach-1-3
	weir-attach-1-3/options
	weir-attach-1-4x
	weir-attach-1-4x/options
	weir-attach-1-5
	END
  [ "$(find "$BATS_TEST_TMPDIR/elsewhere" -type f | wc -l)" -eq 2 ]
  exec 7<&-
  last_order exit
  ended 7
}
