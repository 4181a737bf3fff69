#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# `weir stat`: what it shows of good sidecars, and what it says of bad ones.

load tools

setup() {
  own_environment
}

teardown() {
  [ -z "${watcher:-}" ] || kill "$watcher" 2>/dev/null || true
}

# refuses TEXT FILE [NAME=VALUE...]: a sidecar changed so is not shown, and the text says why.
refuses() {
  local text=$1
  shift
  "$MAKE_SIDECAR" bad.weir "$@"
  run -1 timeout 60 "$WEIR" stat bad.weir
  [ "${#lines[@]}" -eq 1 ]
  has "weir: bad.weir: $text"
}

@test "a sidecar is shown whole: process, options, memory, classes, tiers, counters" {
  "$MAKE_SIDECAR" a.weir pid=999999999 state=2
  run -0 "$WEIR" stat --all a.weir
  has "process   999999999, exited: /usr/bin/sample"
  has "options   floor 128 KB, threshold 10 MB, cache_max automatic, decay_ms 1000"
  has "Resident memory, at the last write"
  [[ $output =~ "weir's blocks in use"\ +60.3\ MB ]]
  [[ $output =~ "free, kept by weir"\ +16\ MB ]]
  [[ $output =~ "the rest, not split"\ +66.8\ MB ]]
  [[ $output =~ "128 KB"\ +100\ +"80.0 %"\ +"7.5 %"\ +11\ +20\ +19\ +4 ]]
  has "Larger blocks: 9 asked for, 3 in use (60 MB)"
  [[ $output =~ 2\ +alignment ]]
  [[ $output =~ 'up to 128 KB  70  53.8 %  ##############################'$'\n' ]]
  [[ $output =~ 'backing_store        90' ]]
  [[ $output =~ large_requested_bytes\ +200,000,000\ +190.7\ MB\ +"bytes asked for" ]]
}

@test "of many classes those are shown that hold most, and the others counted" {
  [ -e "$WEIR_BUILDDIR/libweir_preload.so" ] || skip "this build has no shim"
  command -v perl || skip "no perl here"
  # Twelve classes, each once; the largest stays.
  run -0 "$WEIR" run --summary --stats="$PWD/many.weir" -- perl -e 'for (0 .. 11) { my $x = "y" x (130000 * 1.25 ** $_) } our $z = "y" x 8e6'
  [[ $output =~ "  and "[0-9]+" sizes that hold less (weir stat --all)" ]]
  [[ $output =~ "  8 MB "+[0-9]+\  ]]
  rows() { sed -n '/^Blocks by size/,/^$/p' <<<"$output" | grep -c ' %  *[0-9.]* %'; }
  [ "$(rows)" -eq 8 ]
  run -0 "$WEIR" stat --all many.weir
  lacks "that hold less"
  [ "$(rows)" -gt 8 ]
}

@test "what taking a stack took is shown as median and 99th percentile" {
  "$WEIR_BUILDDIR/tests/tools/make_trace" story.weir
  run -0 "$WEIR" stat story.weir
  lacks "99th percentile"
  run -0 "$WEIR" stat --all story.weir
  has "trace     1,000 stacks, 95.0 % known before, 2.0 us each on average"
  has "known: 0.2 us at the median, 0.3 us at the 99th percentile"
  has "new: 9.2 us at the median, 73 us at the 99th percentile"
  run -0 "$WEIR" stat --json story.weir
  jq -e '.trace.cost | .known.median_ns == 288 and .new.p99_ns > 65536 and .all.median_ns < 320' <<<"$output"
}

@test "every counter of weir/counters.h is shown" {
  "$MAKE_SIDECAR" a.weir
  run -0 "$WEIR" stat --all a.weir
  counters=$(sed -nE 's/^\tX\(([a-z_]+), (counter|gauge), [a-z]+, [a-z]+,.*/\1/p' \
    "$WEIR_SRCDIR/include/weir/counters.h")
  [ "$(wc -w <<<"$counters")" -ge 40 ]
  for c in $counters; do
    has "    $c "
  done
}

@test "unused classes are shown with --all only" {
  "$MAKE_SIDECAR" a.weir
  run -0 "$WEIR" stat a.weir
  lacks "   10 MB       0"
  run -0 "$WEIR" stat --all a.weir
  has "   10 MB       0"
}

@test "a torn slot is passed over for the older one" {
  "$MAKE_SIDECAR" a.weir torn=1
  run -0 "$WEIR" stat --all a.weir
  has "the last write was cut short"
  [[ $output =~ sidecar_writes\ +41 ]]
  "$MAKE_SIDECAR" a.weir torn=0
  run -0 "$WEIR" stat --all a.weir
  [[ $output =~ sidecar_writes\ +42 ]]
}

@test "a file cut in its newer slot is read from the older one" {
  size=$("$MAKE_SIDECAR" a.weir && wc -c <a.weir)
  "$MAKE_SIDECAR" a.weir cut=$((size - 8))
  run -0 "$WEIR" stat --all a.weir
  [[ $output =~ sidecar_writes\ +41 ]]
}

@test "a shorter record leaves out what it lacks" {
  "$MAKE_SIDECAR" a.weir section.0.record_words=5
  run -0 "$WEIR" stat --all a.weir
  has "large_requests"
  lacks "map_gets"
}

@test "unknown sections and longer records are no error" {
  "$MAKE_SIDECAR" a.weir n_sections=10 section.9.word_offset=99999 section.9.records=99999 \
    section.9.record_words=99999
  run -0 "$WEIR" stat --all a.weir
  has "large_requests"
}

@test "what is no sidecar is refused: other content, nothing at all" {
  refuses 'not a sidecar: it does not begin with "weirstat"' magic=elsewise
  : >empty
  run -1 "$WEIR" stat empty
  has 'empty: not a sidecar'
  # Its process ended between the making of the file and the first write.
  head -c 40000 /dev/zero >zeros
  run -1 "$WEIR" stat zeros
  has 'zeros: nothing has been written to it yet'
  truncate -s 65M large
  run -1 "$WEIR" stat large
  has "large: not a sidecar: larger than 64 MB"
}

@test "what cannot be read here is refused: byte order, version, word size" {
  refuses "written on a machine of the other byte order" endian=0x04030201
  refuses "damaged: no byte order has the mark 0x00000007" endian=7
  refuses "written by a newer weir: layout 2, this one reads 1" version=2
  refuses "damaged: layout version 0" version=0
  refuses "words of 4 bytes, this weir reads 8" word_bytes=4
}

@test "a file cut short is refused wherever it was cut" {
  for n in 8 100 600 1024 2000; do
    refuses "truncated: $n bytes" cut=$n
  done
}

@test "a file that was never written to is told apart from a damaged one" {
  refuses "nothing has been written to it yet" empty=1
  refuses "damaged: no slot was written to its end" torn=0 torn=1
}

@test "impossible sizes in the header are refused" {
  refuses "damaged: a header of 100 bytes" header_bytes=100
  refuses "damaged: a header of 4294967288 bytes" header_bytes=4294967288
  refuses "damaged: a slot of 8 bytes" slot_bytes=8
  refuses "damaged: a slot of 4294967288 bytes" slot_bytes=4294967288
  refuses "damaged: 0 slots" n_slots=0
  refuses "damaged: 4294967295 slots" n_slots=4294967295
  refuses "damaged: 4294967295 sections" n_sections=4294967295
}

@test "sections that reach out of their slot are refused" {
  refuses "damaged: section CLASSES lies outside its slot" section.1.records=4294967295
  refuses "damaged: section CLASSES lies outside its slot" \
    section.1.records=4294967295 section.1.record_words=4294967295
  refuses "damaged: section REGIONS lies outside its slot" section.5.word_offset=4294967295
  refuses "damaged: section SIZES lies outside its slot" section.2.word_offset=1
}

@test "only a regular file is opened, and no link is followed" {
  "$MAKE_SIDECAR" a.weir
  ln -s a.weir link.weir
  run -1 "$WEIR" stat link.weir
  has "link.weir: a symbolic link, which is not followed"
  mkfifo fifo.weir
  run -1 timeout 60 "$WEIR" stat fifo.weir
  has "fifo.weir: not a regular file"
  run -1 timeout 60 "$WEIR" stat /dev/zero
  has "/dev/zero: not a regular file"
  run -1 "$WEIR" stat .
  has ".: not a regular file"
  run -1 "$WEIR" stat ./absent.weir
  has "./absent.weir: No such file or directory"
}

@test "a file that may not be read is named" {
  "$MAKE_SIDECAR" a.weir
  chmod 0 a.weir
  [ ! -r a.weir ] || skip "this user reads everything"
  run -1 "$WEIR" stat a.weir
  has "a.weir: Permission denied"
}

@test "names from the file cannot steer the terminal" {
  "$MAKE_SIDECAR" a.weir exe=$'/bin/\033[31mred\tand\xff\u202ereversed'
  run -0 "$WEIR" stat a.weir
  has '/bin/\x1b[31mred\x09and\xff\xe2\x80\xaereversed'
  run -0 "$WEIR" stat --json a.weir
  is_json <<<"$output"
  has '"exe": "/bin/\u001b[31mred\u0009and\ufffd'
}

@test "JSON holds raw numbers, rates, and null where undefined" {
  command -v jq >/dev/null || skip "no jq"
  "$MAKE_SIDECAR" a.weir pid=999999999
  "$WEIR" stat --json a.weir >out
  [ "$(jq -c '[.pid, .exe, .state]' out)" = '[999999999,"/usr/bin/sample","gone"]' ]
  [ "$(jq .counters.large_requested_bytes out)" = 200000000 ]
  [ "$(jq -c '.classes | map(.capacity_bytes)' out)" = '[131072,1048576,10485760]' ]
  # jq 1.7 prints numbers as it reads them, 0.800000.
  jq -e '.classes[0] | [.hit_rate, .waste, .live] == [0.8, 0.075225, 11]' out
  [ "$(jq -c '.classes[2] | [.hit_rate, .waste]' out)" = '[null,null]' ]
  [ "$(jq -c '.sizes[1]' out)" = '{"up_to_bytes":1048576,"requests":50,"bytes":41000000}' ]
  [ "$(jq -c '.fallbacks.alignment' out)" = 2 ]
  [ "$(jq -c '.kinds.encoder.bytes' out)" = 30000000 ]
  [ "$(jq -c '.regions | length' out)" = 2 ]
  [ "$(jq -c '.memory | [.live_bytes, .cached_bytes, .rest_bytes]' out)" = \
    '[63222784,16777216,70000000]' ]
  [ "$(jq -c '.derived.hit_rate' out)" = 0.773585 ]
  "$MAKE_SIDECAR" a.weir section.0.record_words=5
  [ "$("$WEIR" stat --json a.weir | jq -c '.counters | [.large_pool, .map_gets]')" = '[119,null]' ]
}

@test "without sidecars the folders are named" {
  run -0 "$WEIR" stat
  has "No sidecars. Looked in:"
  has "$XDG_RUNTIME_DIR/weir"
  has "$XDG_STATE_HOME/weir"
  has "$HOME/.local/state/weir"
  has "$TMPDIR/weir-$(id -u)"
}

@test "sidecars are listed, running ones first, then the most recent" {
  sidecar_of $$ exe=/bin/running unix_ns=1500000000000000000
  mkdir -p "$XDG_STATE_HOME/weir" "$HOME/.local/state/weir"
  "$MAKE_SIDECAR" "$XDG_STATE_HOME/weir/999999998-1.weir" pid=999999998 start=1 exe=/bin/old \
    unix_ns=1600000000000000000
  "$MAKE_SIDECAR" "$HOME/.local/state/weir/999999999-1.weir" pid=999999999 start=1 state=2 \
    exe=/bin/newer
  run -0 "$WEIR" stat
  [ "${#lines[@]}" -eq 4 ]
  [[ ${lines[1]} =~ ^\ *$$\ +running\ .*77.4\ %\ +/bin/running$ ]]
  [[ ${lines[2]} =~ ^999999999\ +exited\ .*/bin/newer$ ]]
  [[ ${lines[3]} =~ ^999999998\ +gone\ .*/bin/old$ ]]
  run -0 "$WEIR" stat --json
  is_json <<<"$output"
  has '"exe": "/bin/running"'
}

@test "the list fits a screen: all that runs, of what has ended the latest; --all lists all" {
  for n in {100..149}; do
    "$MAKE_SIDECAR" "$FOLDER/999999$n-1.weir" pid=999999$n start=1 exe=/bin/old$n unix_ns=1700000${n}000000000
  done
  sidecar_of $$ exe=/bin/running unix_ns=1500000000000000000
  run -0 "$WEIR" stat
  [ "${#lines[@]}" -eq 22 ]
  has "/bin/running"
  has "/bin/old149"
  lacks "/bin/old130"
  [ "${lines[21]}" = 'and 31 more that have ended: `weir stat --all` lists them, `weir stat --prune` removes those of more than a day ago' ]
  run -0 "$WEIR" stat --all
  [ "${#lines[@]}" -eq 52 ]
  lacks "more that have ended"
  [ "$("$WEIR" stat --json | grep -c '"exe": "/bin/old')" -eq 50 ]
}

@test "--watch and --check take the only process where none is named" {
  sidecar_of $$
  run -0 "$WEIR" stat --check
  run -124 timeout 2 "$WEIR" stat --watch
  has "process   $$, running: "
  rm "$FOLDER"/*.weir
  run -1 "$WEIR" stat --watch
  has 'stat: no process under weir runs or has left a sidecar here; start one with `weir run -- PROGRAM`'
}

@test "a process that is named without a command: which commands look into it" {
  run -2 "$WEIR" 4711
  has 'to look into that process: `weir growth 4711` or `weir stat 4711`'
  run -2 "$WEIR" satt 4711
  has 'did you mean `weir stat`?'
}

@test "the list passes over other files, and names the damaged" {
  "$MAKE_SIDECAR" "$FOLDER/999999999-1.weir" version=9
  "$MAKE_SIDECAR" "$FOLDER/notes.weir"
  mkdir "$FOLDER/999999999-2.weir"
  ln -s 999999999-1.weir "$FOLDER/999999999-3.weir"
  run -0 "$WEIR" stat
  has "$FOLDER/999999999-1.weir: written by a newer weir"
  has "$FOLDER/999999999-2.weir: not a regular file"
  has "$FOLDER/999999999-3.weir: a symbolic link"
  lacks "notes"
  run -0 "$WEIR" stat --json
  is_json <<<"$output"
  has '"error": "written by a newer weir'
}

@test "a folder that is a link, or somebody else's, is not looked into" {
  mv "$FOLDER" elsewhere
  "$MAKE_SIDECAR" elsewhere/999999999-1.weir
  ln -s "$PWD/elsewhere" "$FOLDER"
  run -0 "$WEIR" stat
  has "No sidecars"
  rm "$FOLDER"
  mv elsewhere "$FOLDER"
  run -0 "$WEIR" stat
  has "/usr/bin/sample"
  [ "$(id -u)" -eq 0 ] || skip "only root can give a folder away"
  chown 65534 "$FOLDER"
  run -0 "$WEIR" stat
  has "No sidecars"
}

@test "a pid finds its sidecar, of its last program" {
  sidecar_of $$ exe=/bin/first
  start=$(start_ticks $$)
  "$MAKE_SIDECAR" "$FOLDER/$$-$start.2.weir" pid=$$ start="$start" exe=/bin/third
  "$MAKE_SIDECAR" "$FOLDER/$$-1.weir" pid=$$ start=1 exe=/bin/earlier
  run -0 "$WEIR" stat $$
  has "running: /bin/third"
  run -0 "$WEIR" stat "$FOLDER/$$-$start.weir"
  has "replaced by exec: /bin/first"
  run -0 "$WEIR" stat "$FOLDER/$$-1.weir"
  has "gone: /bin/earlier"
  has "killed, or left by _exit"
}

@test "a process that has ended is found by its pid too" {
  "$MAKE_SIDECAR" "$FOLDER/999999999-1.weir" pid=999999999 start=1 state=2
  run -0 "$WEIR" stat 999999999
  has "exited"
}

@test "a process is found where its own environment says" {
  mkdir -p there/weir
  # The variables are the child's: its sidecar is in none of our folders.
  env XDG_RUNTIME_DIR="$PWD/there" sleep 60 3>&- &
  start=$(start_ticks $!)
  "$MAKE_SIDECAR" "there/weir/$!-$start.weir" pid=$! start="$start"
  timeout 60 sh -c "until grep -qz there /proc/$!/environ; do sleep 0.05; done"
  run -0 "$WEIR" stat $!
  has "sidecar   $PWD/there/weir/$!-$start.weir"
  kill $!
  env WEIR_OPTIONS="stats=$PWD/%p.mine" sleep 60 3>&- &
  start=$(start_ticks $!)
  "$MAKE_SIDECAR" "$!.mine" pid=$! start="$start"
  timeout 60 sh -c "until grep -qz mine /proc/$!/environ; do sleep 0.05; done"
  run -0 "$WEIR" stat $!
  has "sidecar   $PWD/$!.mine"
  kill $!
}

@test "for a running process resident memory is measured now" {
  sidecar_of $$
  run -0 "$WEIR" stat $$
  has "Resident memory, now"
  "$WEIR" stat --json $$ >out
  command -v jq >/dev/null || skip "no jq"
  # The regions of the sample lie nowhere in this process.
  [ "$(jq -c '.memory | [.measured, .live_bytes, .cached_bytes]' out)" = '["now",0,0]' ]
  [ "$(jq '.memory.rss_bytes' out)" -gt 1000000 ]
}

@test "no such process, or one that is not under weir" {
  run -1 "$WEIR" stat 999999999
  has "there is no process 999999999 and no sidecar of one"
  run -1 "$WEIR" stat 99999999999999999999
  has "there is no process 99999999999999999999 and no sidecar of one"
  run -1 "$WEIR" stat $$
  has "process $$ does not run under weir: its LD_PRELOAD does not name weir's library"
}

@test "--watch ends when the process has gone" {
  "$MAKE_SIDECAR" "$FOLDER/999999999-1.weir" pid=999999999 start=1
  run -0 timeout 60 "$WEIR" stat --watch 999999999
  has "gone"
  sleep 60 3>&- &
  sidecar_of $!
  timeout 60 "$WEIR" stat --watch=0.05 $! >out 3>&- &
  watcher=$!
  # shellcheck disable=SC2016
  timeout 60 sh -c 'until [ "$(grep -c "^process .*running" out)" -ge 3 ]; do sleep 0.05; done'
  kill %1
  wait "$watcher"
  [ "$(grep -c '^process .*gone' out)" -eq 1 ]
  run ! grep -q $'\033' out
}

@test "--watch ends well on SIGINT" {
  sidecar_of $$
  env --default-signal=INT "$WEIR" stat --watch=0.05 --json $$ >out 3>&- &
  watcher=$!
  timeout 60 sh -c 'until [ -s out ]; do sleep 0.05; done'
  kill -INT "$watcher"
  timeout 60 tail --pid="$watcher" -f /dev/null
  wait "$watcher"
}

@test "--prune removes sidecars of processes gone for more than a day, nothing else" {
  sidecar_of $$ unix_ns=1600000000000000000
  old="$FOLDER/999999998-1.weir"
  "$MAKE_SIDECAR" "$old" pid=999999998 start=1
  "$MAKE_SIDECAR" "$FOLDER/999999999-1.weir" pid=999999999 start=1 unix_ns=now
  "$MAKE_SIDECAR" "$FOLDER/999999999-2.weir" pid=999999999 start=2 magic=elsewise
  "$MAKE_SIDECAR" "$FOLDER/notes.weir"
  run -0 "$WEIR" stat --prune
  [[ $output == "1 removed, 3 left ("*" on the disk)" ]]
  [ ! -e "$old" ]
  [ "$(find "$FOLDER" -type f | wc -l)" -eq 4 ]
  run -2 "$WEIR" stat --prune a.weir
}

@test "--prune by count and by size removes the oldest that are gone, and no others" {
  sidecar_of $$ unix_ns=1600000000000000000
  for n in 1 2 3 4 5; do
    "$MAKE_SIDECAR" "$FOLDER/99999999$n-1.weir" pid=99999999$n start=1 unix_ns=170000000${n}000000000
  done
  run -0 "$WEIR" stat --prune --keep=3
  [[ $output == "2 removed, 4 left ("* ]]
  [ ! -e "$FOLDER/999999992-1.weir" ] && [ -e "$FOLDER/999999993-1.weir" ]
  one=$(($(stat -c %b "$FOLDER/999999995-1.weir") * 512))
  run -0 "$WEIR" stat --prune --max-size=$((3 * one))
  [ ! -e "$FOLDER/999999993-1.weir" ] && [ -e "$FOLDER/999999994-1.weir" ]
  run -0 "$WEIR" stat --prune --keep 9 --max-size 1
  [[ $output == "2 removed, 1 left ("* ]]
  run -2 "$WEIR" stat --keep=3
  has '--keep goes with --prune'
  run -2 "$WEIR" stat --prune --keep=few
  has '--keep="few": a number'
  run -2 "$WEIR" stat --prune --max-size=big
  has '--max-size="big": a size, such as 50M'
}

@test "usage errors give 2" {
  for args in "--wat" "a b" "--watch=x a" "--watch=0 a" "--check --json a"; do
    # shellcheck disable=SC2086
    run -2 "$WEIR" stat $args
    has "Usage: weir stat"
  done
  run -0 "$WEIR" stat --help
  has "--watch[=SECONDS]"
}

@test "one process fits a small screen, and says what comes next: the rest is shown with --all" {
  "$MAKE_SIDECAR" sample.weir
  run -0 "$WEIR" stat sample.weir
  for what in Counters "Requested sizes" "Who asked" options; do
    lacks "$what  "
    lacks "$what"$'\n'
  done
  has "Large blocks: "
  has "Sizes, callers, options and every counter: --all"
  [ "$(wc -l <<<"$output")" -le 24 ]
  "$WEIR_BUILDDIR/tests/tools/make_trace" story.weir
  run -0 "$WEIR" stat story.weir
  [ "$(wc -l <<<"$output")" -le 24 ]
  has "Who holds it, by line: weir growth story.weir"
  run -0 "$WEIR" stat --all sample.weir
  has "Counters"
  lacks "classes that were never used: --all"
}
