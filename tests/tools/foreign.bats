#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A sidecar of another user's, which names files of its choosing: root shows of them what that user could have
# read, and what is no regular file is never opened.

load tools

setup() {
  MAKE_TRACE=$WEIR_BUILDDIR/tests/tools/make_trace
  # The folders of tests are closed to others.
  folder=$(mktemp -d /tmp/foreign.XXXXXX)
  chmod 755 "$folder"
  cd "$folder" || return
}

teardown() {
  cd / && rm -rf "$folder"
}

# shows OWNER: whether root sees lines of the source, in a sidecar of that user's.
shows() {
  chown "$1" story.weir
  [[ $("$WEIR" growth story.weir) == *'secret line 12'* ]] || return 1
  "$WEIR" report -o page.html story.weir
  grep -q 'secret line 12' page.html
}

@test "root reads with the rights of the sidecar's owner" {
  [ "$(id -u)" -eq 0 ] || skip "not root"
  mkdir -m 755 app closed
  for where in app closed; do
    seq -f 'secret line %g' 60 >$where/leak.mjs
    touch -d 2020-01-01 $where/leak.mjs
    chmod 644 $where/leak.mjs
  done
  "$MAKE_TRACE" story.weir root="$PWD/app"
  shows 0
  # What all may read; root's; its own; what root's group may read.
  shows 65534
  chmod 600 app/leak.mjs
  run ! shows 65534
  shows 0
  chown 65534 app/leak.mjs
  shows 65534
  chown 0:0 app/leak.mjs
  chmod 640 app/leak.mjs
  run ! shows 65534
  # A file that all may read, in a folder that they may not enter.
  chmod 700 closed
  "$MAKE_TRACE" story.weir root="$PWD/closed"
  run ! shows 65534
  shows 0
}

@test "a page in the place of another user's file is not as readable as that was" {
  [ "$(id -u)" -eq 0 ] || skip "not root"
  "$MAKE_TRACE" story.weir
  for what in 0 65534; do
    echo old >page.html
    chmod 666 page.html
    chown $what page.html
    "$WEIR" report -o page.html story.weir
    grep -q '<html' page.html
    stat -c '%u %a' page.html
  done >modes
  [ "$(cat modes)" = $'0 666\n0 600' ]
}

@test "a pipe is not opened: nobody who waits for a reader goes on" {
  mkfifo pipe
  echo x >pipe 3>&- &
  writer=$!
  for what in stat growth report export; do
    args=(pipe)
    [ $what != export ] || args=(--format=folded pipe)
    run timeout 20 "$WEIR" $what "${args[@]}"
    [ "$status" -ne 0 ] && [ "$status" -ne 124 ]
    [[ $output == *"not a regular file"* ]]
  done
  mkdir app
  mkfifo app/leak.mjs
  "$MAKE_TRACE" story.weir root="$PWD/app"
  "$WEIR" growth story.weir >/dev/null
  kill -0 $writer
  kill $writer
}

# A library that names its debug information, as its owner likes.
@test "nor one in the place of a library's debug information" {
  command -v cc >/dev/null || skip "no compiler"
  echo 'extern void *malloc(unsigned long); void *grab(unsigned long n) { void *p = malloc(n); return p; }' >grabs.c
  echo 'extern void *grab(unsigned long); int main(void) { for (int i = 0; i < 40; i++) *(char *)grab(400000) = 1; return 0; }' >uses.c
  cc -O0 -g -shared -fPIC -Wl,--build-id -o libgrabs.so grabs.c
  cc -o uses uses.c ./libgrabs.so
  objcopy --only-keep-debug libgrabs.so kept
  strip -g libgrabs.so
  "$WEIR" run --stats="$PWD/uses.weir" -- ./uses
  mkdir .debug
  for link in "" there; do
    [ -z "$link" ] || { cp kept there && objcopy --add-gnu-debuglink=there libgrabs.so && rm there; }
    for place in "${link:-libgrabs.so.debug}" ".debug/${link:-libgrabs.so.debug}"; do
      mkfifo "$place"
      timeout 20 "$WEIR" growth uses.weir >out
      grep -q 'grab libgrabs.so' out
      rm "$place"
    done
  done
  # What is no pipe is read.
  cp kept .debug/there
  "$WEIR" growth uses.weir | grep -q 'grab .*grabs.c:1'
}
