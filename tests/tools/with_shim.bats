#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The command and the real shim together: start, look while it runs, look when it has gone.

load tools

setup() {
  own_environment
  cat >guest.c <<'C'
    #include <pthread.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>
    static void *stay(void *p)
    {
      for (;;)
        pause();
      return p;
    }
    int main(int argc, char **argv)
    {
      pthread_t second; /* with it there is a clock, which writes while main sleeps */
      char *kept[8];
      pthread_create(&second, NULL, stay, NULL);
      for (int i = 0; i < 40; i++) {
        char *p = malloc(1 << 20);
        memset(p, i, 1 << 20);
        free(p);
      }
      for (int i = 0; i < 8; i++) {
        kept[i] = malloc(20 << 20);
        memset(kept[i], i, 20 << 20);
      }
      puts("ready");
      fflush(stdout);
      sleep(argc > 1 ? atoi(argv[1]) : 0);
      return kept[3][0];
    }
C
  gcc -O0 -o guest guest.c -pthread
}

teardown() {
  [ -z "${guest:-}" ] || kill "$guest" 2>/dev/null || true
}

# In the background, until it has taken its blocks; its pid in $guest.
start_guest() {
  "$WEIR" run --stats-ms=100 "$@" -- ./guest 60 >ready 3>&- &
  guest=$!
  timeout 60 sh -c 'until [ -s ready ]; do sleep 0.05; done'
  # What was done in the last period is not in the sidecar yet.
  timeout 60 sh -c "until '$WEIR' stat --all $guest 2>&1 | grep -q 'Larger blocks: 8 asked for'; do sleep 0.05; done"
}

@test "the summary of a real program, and numbers that add up" {
  run -3 "$WEIR" run --summary ./guest
  has "exit status 3"
  [[ $output =~ "1 MB"\ +40\ +"97.5 %"\ +"0.0 %" ]]
  has "Larger blocks: 8 asked for, 8 in use (160 MB)"
  [[ $output =~ "All figures: weir stat "(.*) ]]
  file=${BASH_REMATCH[1]}
  run -0 "$WEIR" stat --check "$file"
  [[ $output =~ ^[0-9]+\ identities\ hold$ ]]
  run -0 "$WEIR" stat "$file"
  has "exited: $PWD/guest"
}

@test "a program that sh replaces itself with has its own sidecar" {
  run -3 "$WEIR" run --summary -- sh -c 'exec ./guest'
  has "Larger blocks: 8 asked for"
}

@test "a running process: its memory is measured, and it is at work" {
  start_guest
  run -0 "$WEIR" stat $guest
  has "running: $PWD/guest"
  has "Resident memory, now"
  [[ $output =~ "weir's blocks in use"\ +16[01](\.[0-9])?\ MB ]]
  run -0 "$WEIR" stat --check $guest
  lacks "not checked"
  [[ ${lines[-1]} =~ ^[0-9]+\ identities\ hold$ ]]
  run -0 "$WEIR" doctor $guest
  has "verdict: weir is at work in this process"
}

@test "a killed process leaves its numbers" {
  start_guest
  kill -9 $guest
  wait $guest || true
  run -0 "$WEIR" stat --all $guest
  has "process   $guest, gone: $PWD/guest"
  has "Larger blocks: 8 asked for, 8 in use (160 MB)"
  run -0 "$WEIR" stat --check $guest
}

@test "a process under weir with its sidecar elsewhere is found" {
  start_guest --stats="%p.elsewhere"
  run -0 "$WEIR" stat $guest
  has "sidecar   $PWD/$guest.elsewhere"
}

@test "a process under weir that has asked for nothing large says so" {
  "$WEIR" run -- sleep 60 3>&- &
  guest=$!
  timeout 60 sh -c "until grep -q libweir_preload /proc/$guest/maps; do sleep 0.05; done"
  run -1 "$WEIR" stat $guest
  has "process $guest has no sidecar: its large blocks (128 KB or more) do not add up to 1 MB yet"
  run -1 "$WEIR" doctor $guest
  has "verdict: loaded, but it has no sidecar"
}

@test "a trace in which nothing was recorded is read by all, and says why it is empty" {
  run -3 "$WEIR" run --quiet --trace_min=1G --stats="$PWD/none.weir" -- ./guest
  run -0 "$WEIR" growth none.weir
  has "No allocation was recorded: those of 1 GB and more would be"
  has "not attributed: 160 MB live, in 8 blocks"
  run -0 "$WEIR" top --once none.weir
  run -0 "$WEIR" report -o none.html none.weir
  for format in json folded pprof heapprofile speedscope openmetrics; do
    run -0 "$WEIR" export --format=$format -o none none.weir
  done
}
