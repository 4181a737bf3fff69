#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# weir tune: record a program, run it again with what tune says, and hold the forecast against that.

load tools

setup() {
  own_environment
  [ -f "$WEIR_BUILDDIR/libweir_preload.so" ] || skip "the shim is not built here"
  command -v jq >/dev/null || skip "no jq"
  # Rounds of the same sizes, all alive at a time; 30 ms between rounds.
  cat >guest.c <<'C'
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>
    int main(int argc, char **argv)
    {
      static const size_t sizes[] = {140000, 300000, 700000, 900000, 1100000, 3300000, 12000000};
      char *live[70];
      for (int round = 0; round < 25; round++) {
        for (int i = 0; i < 70; i++) {
          size_t bytes = sizes[i % 7] - (i * 977 + round * 131) % 9000;
          live[i] = malloc(bytes);
          if (live[i] == NULL)
            return 1;
          memset(live[i], i, bytes);
        }
        for (int i = 0; i < 70; i++)
          free(live[i]);
        usleep(30000);
      }
      if (argc > 1)
        sleep((unsigned)atoi(argv[1]));
      return 0;
    }
C
  gcc -O1 -fno-builtin -o guest guest.c
}

# record FILE OPTIONS [ARGUMENT...]
record() {
  env LD_PRELOAD="$WEIR_BUILDDIR/libweir_preload.so:$WEIR_BUILDDIR/libcompany.so" WEIR_OPTIONS="stats=$PWD/$1,$2" \
    ./guest "${@:3}"
}

# near A B TOLERANCE
near() {
  awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { d = a - b; exit !(d <= t && d >= -t) }'
}

@test "the recording, replayed with the options that tune gives, does as was forecast" {
  record first.weir verbose=off
  "$WEIR" stat --check first.weir
  "$WEIR" tune --json first.weir >forecast
  cat forecast
  options=$(jq -r .options forecast)
  [[ $options == *classes=* ]]
  run env WEIR_OPTIONS="print,$options" LD_PRELOAD="$WEIR_BUILDDIR/libweir_preload.so" true
  [[ $output != *"default is used"* ]]
  classes=${options#*classes=}
  [[ $output == *"classes=${classes%%,*}"* ]]

  # The forecast is of a program that gets its processor: where it waits for one, blocks age meanwhile.
  record second.weir "$options,decay_ms=60000"
  "$WEIR" stat --check second.weir
  "$WEIR" stat --json second.weir >outcome
  jq '{derived, memory}' outcome
  near "$(jq .derived.hit_rate outcome)" "$(jq .expected.hit_rate forecast)" 0.05
  near "$(jq .derived.pool_waste outcome)" "$(jq .expected.pool_waste forecast)" 0.01
  # What it keeps after the work: nothing in use, and the cache decayed.
  [ "$(jq .expected.idle_bytes forecast)" -eq 0 ]
  record idle.weir "$options" 3
  [ "$("$WEIR" stat --json idle.weir | jq .memory.cached_bytes)" -le 1048576 ]
  # And it is worth it: less is wasted than with the usual classes.
  jq -es '.[0].expected.pool_waste < .[0].recorded.pool_waste
    and .[1].derived.pool_waste < .[0].recorded.pool_waste' forecast outcome
}

@test "tune says it to people, too" {
  record first.weir classes=ten
  run "$WEIR" tune first.weir
  [ "$status" -eq 0 ]
  [[ ${lines[0]} == "WEIR_OPTIONS='"*"classes="*"'" ]]
  [[ $output == *"used before"*" %"*"rounding sizes up"*" %"*"when nothing happens"* ]]
}

@test "where nothing is to be gained, tune says that there is nothing to change" {
  local round gains=true
  record run.weir classes=ten
  "$WEIR" tune --json run.weir >answer
  jq -e '.gains == true' answer
  # With what it gives, there is less left each time.
  for round in 1 2 3 4; do
    run "$WEIR" tune run.weir
    [[ ${lines[0]} == WEIR_OPTIONS=* ]]
    record run.weir "$(jq -r .options answer)"
    "$WEIR" tune --json run.weir >answer
    gains=$(jq .gains answer)
    [ "$gains" = true ] || break
  done
  [ "$gains" = false ]
  run "$WEIR" tune run.weir
  [ "$status" -eq 0 ]
  [ "${lines[0]}" = "Nothing to change: the options that it ran with are as good." ]
}

@test "of a program that leaks tune says first that no option cures that" {
  record first.weir classes=ten
  run -0 "$WEIR" tune first.weir
  [[ $output != *"memory rises"* ]]
  cat >leaks.c <<'C'
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>
    int main(void)
    {
      for (int i = 0; i < 400; i++) {
        void *kept = malloc(200000 + i % 7 * 30000), *gone = malloc(300000 + i % 5 * 90000);
        if (kept == NULL || gone == NULL)
          return 1;
        memset(kept, 1, 200000);
        memset(gone, 1, 300000);
        free(gone);
        usleep(20000);
      }
      _exit(0);
    }
C
  gcc -O1 -fno-builtin -o guest leaks.c
  record leaks.weir stats_ms=100
  "$WEIR" growth leaks.weir
  run -0 "$WEIR" tune leaks.weir
  [[ ${lines[0]} == "Its memory rises, and no option cures that: of "*" that live "*" are held." ]]
  [[ ${lines[1]} == *"weir growth leaks.weir"* ]]
  "$WEIR" tune --json leaks.weir | jq -e '.held_bytes > .live_bytes / 2'
}

@test "tune refuses what it cannot tell anything from" {
  "$MAKE_SIDECAR" sample.weir profile.25.requests=7
  run "$WEIR" tune sample.weir
  [ "$status" -eq 1 ]
  [[ $output == *"too few large blocks"* ]]
  run "$WEIR" tune nothing.weir
  [ "$status" -eq 1 ]
  run "$WEIR" tune --wrong first.weir
  [ "$status" -eq 2 ]
}
