# SPDX-License-Identifier: Apache-2.0
# `weir growth` on the story of trace_story.c, whose numbers are known.
# shellcheck disable=SC2154 # bats sets output and status

setup() {
  . "$BATS_TEST_DIRNAME/tools.bash"
  own_environment
  MAKE_TRACE=$WEIR_BUILDDIR/tests/tools/make_trace
}

# json FILTER [OPTION...]: what jq makes of the story's JSON must be true.
json() {
  local filter=$1
  shift
  command -v jq >/dev/null || skip "no jq"
  "$MAKE_TRACE" story.weir
  "$WEIR" growth --json "$@" story.weir >json
  jq -e "$filter" json || {
    cat json
    return 1
  }
}

@test "the JSON is what the interface says, sorted by live bytes" {
  json '.sites | length == 5 and (map(.live_bytes) | . == (sort | reverse))'
  json '.sites[0] | .function == "remember" and .file == "/app/leak.mjs" and .line == 12
    and .column == 15 and .kind == "backing_store" and .live_bytes == 119 * 1048576
    and .live_count == 476 and .alloc_bytes == .live_bytes and .added_bytes == 80 * 1048576
    and .slope_bytes_per_s > 1000000 and .age_major_gcs > 5 and .verdict == "held"'
  json '.sites[0].stack | length == 7 and .[2].function == "remember" and .[2].line == 12
    and .[1].file == "node:buffer" and .[0].kind == "native"'
  json '.dropped | has("sites") and has("truncated") and (map(. == 0) | all)'
  json '.rss | .live_bytes + .cached_bytes + .js_heap_bytes + .other_bytes == .rss_bytes'
}

@test "each site of the story has its verdict" {
  json '.sites | map({(.file // "native" | split("/") | last): .verdict}) | add
    == {"leak.mjs": "held", "server.mjs": "plateau", "cache.mjs": "plateau",
        "libaddon.so": "held"}'
  json '[.sites[] | select(.line == 40)][0].verdict == "gc-lag"'
}

@test "groups by file, package, kind, thread; sorted as asked; cut to N" {
  json '[.sites[].name] == ["/app/leak.mjs", "/app/server.mjs", "/app/build/libaddon.so",
    "/app/cache.mjs"]' --by file
  json '.sites | length == 1' --by=package
  json '[.sites[].name] == ["backing_store", "other"]' --by=kind
  json '[.sites[].name] == ["node 1234 (main)", "node 1240 (worker)"]' --by=thread
  json '[.sites[0,1].line] == [40, 12]' --sort=alloc
  json '.sites | length == 2' --top 2
}

@test "a window by seconds, from the end, by marks; the difference of two marks" {
  json '.sites[0].added_bytes == 50 * 1048576' --from=10 --to=60s
  json '.sites[0].added_bytes == 19 * 1048576' --from=-19
  json '.sites[0].added_bytes == 80 * 1048576' --from=before --to=after
  # An end before the begin that is taken otherwise: from the very begin.
  json '[.sites[].added_bytes] | max >= 10 * 1048576' --to=10
  json '.sites[0].added_bytes == 80 * 1048576' --diff before 2
  run -1 "$WEIR" growth --diff before nothing story.weir
  has 'there is no mark "nothing", but before, after; '
  run -1 "$WEIR" growth --from=noon story.weir
  has 'no time, such as 90, 5m or -30s, and no mark is "noon", but before, after; '
}

@test "of a process that is older than history it is said how far that reaches" {
  "$MAKE_TRACE" old.weir older=8640000
  run -0 "$WEIR" growth old.weir
  has 'traced 100 d'
  has 'history reaches back 1 min 59 s'
  run -0 "$WEIR" growth --json old.weir
  jq -e '.trace.history_seconds == 119 and .sites[0].added_bytes == 119 * 1048576' <<<"$output"
  run -0 "$WEIR" report old.weir -o page.html
  grep -q 'Added: in the last .*; history reaches back' page.html
  json '.trace.history_seconds == .trace.seconds'
  run -0 "$WEIR" growth story.weir
  lacks 'history'
}

@test "a window that is none is an error that says why" {
  "$MAKE_TRACE" story.weir
  run -1 "$WEIR" growth --from=50 --to=10 story.weir
  has '--to=10 is not after --from=50: the trace is 1 min 59 s long'
  run -1 "$WEIR" growth --from=after --to=before story.weir
  has '--to=before is not after --from=after'
  run -1 "$WEIR" growth --to=0 story.weir
  has '--to=0 is not after its begin'
  run -1 "$WEIR" growth --from=2h story.weir
  has 'nothing is recorded after --from=2h: the trace is 1 min 59 s long'
  run -1 "$WEIR" growth --diff after before story.weir
  has '--diff after before: the second mark is not after the first'
  run -1 "$WEIR" export --format=folded --from=50 --to=10 story.weir
  has '--to=10 is not after --from=50'
  # Beyond the end is to the end.
  json '.sites[0].added_bytes == 109 * 1048576' --from=10 --to=5m
}

@test "the text has the table, the split of resident memory, stacks and what to do next" {
  "$MAKE_TRACE" story.weir
  run -0 "$WEIR" growth story.weir
  has 'node, V8 13.6'
  has '11 major garbage collections'
  has '+80 MB    +320  119 MB     476      1 MB/s   5.5 GC  held'
  has 'remember leak.mjs:12:15'
  lacks 'not attributed'
  has "resident 248.2 MB = 198.2 MB live in weir + 8 MB cached by weir + 12 MB V8's heap in use"
  has '>  remember leak.mjs:12:15'
  has '   rose by 100 MB in the last 1 min 40 s'
  has '(the file is not here)'
  has '$ weir run -- node ...    # then'
  has '$ weir holders PID leak.mjs:12 '
  # A library's memory may be what a Buffer is of.
  has 'next: JavaScript keeps what it was given of this (a Buffer), or the machine code above has to free it; see which'
  has '$ weir holders PID    # by a heap snapshot'
  # Of what has ended nobody can let it run on.
  lacks 'let it run on'
  has 'to see what stays, in the next run:'
  lacks 'not recorded'
  run -0 "$WEIR" growth --stacks=0 --top=1 story.weir
  has 'and 4 more with 79 MB live'
  lacks 'tick'
}

@test "nobody has to read of what is small or gone, unless they ask" {
  json '.unattributed.live_bytes == 262144'
  # What has stopped is told by its row, beside what grows.
  run -0 "$WEIR" growth --sort=age story.weir
  has 'plateau            -  start server.mjs:55:3'
  lacks '2. start server.mjs:55:3'
  run -0 "$WEIR" growth --sort=age --stacks=2 story.weir
  has '2. start server.mjs:55:3'
  "$MAKE_TRACE" story.weir unattributed=1048576 quiet=1
  run -0 "$WEIR" growth --sort=age story.weir
  has 'not attributed: 1 MB live, in 1 block'
  [[ $output =~ '512 KB       8           -  11.0 GC  plateau '\ +'-  start server.mjs:55:3' ]]
  lacks '1. start server.mjs:55:3'
  has '2. remember leak.mjs:12:15'
  run -0 "$WEIR" growth --sort=age --stacks=1 story.weir
  has '1. start server.mjs:55:3'
  run -0 "$WEIR" growth --sort=alloc story.weir
  [[ $output =~ 'released '\ +'-  put cache.mjs:7:20' ]]
  has '2. remember leak.mjs:12:15'
  lacks '3. put'
  run -0 "$WEIR" growth --sort=alloc --stacks=3 story.weir
  has '3. put cache.mjs:7:20'
}

@test "stacks are of what is held or undecided, without what lies between the program's own frames" {
  "$MAKE_TRACE" story.weir
  run -0 "$WEIR" growth story.weir
  has '     (2 frames of the runtime)
  >  remember leak.mjs:12:15'
  has '     tick leak.mjs:30:3'
  has '     (3 frames of the runtime and the system)'
  has '3. handle server.mjs:40:9'
  lacks '  >  handle server.mjs:40:9'
  run -0 "$WEIR" growth --sort=age --stacks=2 story.weir
  has '     read node_modules/pkg/lib/x.js:9:1'
  has '     alloc node:buffer:374:3'
  has '  >  start server.mjs:55:3'
}

@test "paths begin at the folder of the program, which is said once; for programs they are whole" {
  "$MAKE_TRACE" story.weir root=/srv/shop
  run -0 "$WEIR" growth story.weir
  has 'paths are below /srv/shop/'
  [ "$(grep -c /srv/shop <<<"$output")" -eq 1 ]
  has 'remember leak.mjs:12:15'
  run -0 "$WEIR" growth --stacks=9 story.weir
  has '     read node_modules/pkg/lib/x.js:9:1'
  "$WEIR" growth --json story.weir | jq -e '.sites[0].file == "/srv/shop/leak.mjs"'
  run -0 "$WEIR" top --once story.weir
  lacks /srv/shop
}

@test "what holds nothing has no row, but is counted" {
  "$MAKE_TRACE" story.weir quiet=1
  run -0 "$WEIR" growth story.weir
  lacks 'put cache.mjs:7:20'
  has 'and 1 line holds nothing now (--top 0 lists all)'
  run -0 "$WEIR" growth --top=1 story.weir
  has 'and 3 more with '
  run -0 "$WEIR" growth --top=0 story.weir
  has 'put cache.mjs:7:20'
  lacks 'holds nothing'
}

@test "where collections cannot be seen nothing is said of them" {
  "$MAKE_TRACE" story.weir gc_known=0
  run -0 "$WEIR" growth story.weir
  has 'held: grows, and hardly any of it is freed'
  [[ $output != *'survives garbage collections'* ]]
}

@test "what was not recorded of resident memory is not called 0 B" {
  "$MAKE_TRACE" story.weir rss=0
  run -0 "$WEIR" growth story.weir
  has 'resident memory: not recorded at that instant'
  [[ $output != *'resident 0 B'* ]]
}

@test "lines of source are shown if the file is older than the process" {
  mkdir app
  seq -f 'line %g of it, as it runs' 60 >app/leak.mjs
  touch -d 2020-01-01 app/leak.mjs
  "$MAKE_TRACE" story.weir root="$PWD/app"
  run -0 "$WEIR" growth story.weir
  has '12 | line 12 of it'
  run -0 "$WEIR" growth --no-files story.weir
  lacks 'line 12 of it'
  touch app/leak.mjs
  run -0 "$WEIR" growth story.weir
  has '(the file changed since the process began)'
  lacks 'line 12 of it'
  rm app/leak.mjs
  mkfifo app/leak.mjs
  run -0 timeout 60 "$WEIR" growth story.weir
  has '(the file is not here)'
}

@test "a line that has no such column is not the file's" {
  mkdir app
  seq -f 'line %g' 60 >app/leak.mjs
  touch -d 2020-01-01 app/leak.mjs
  "$MAKE_TRACE" story.weir root="$PWD/app"
  run -0 "$WEIR" growth story.weir
  has "remember leak.mjs:?"
  has '(line 12 of what a loader made of this file, which has no map of it)'
  [ "$(grep -c 'to see the line: run the file with node itself' <<<"$output")" -eq 1 ]
  lacks 'leak.mjs:12'
  run -0 "$WEIR" growth --no-files story.weir
  has "remember leak.mjs:12:15"
}

@test "source maps are followed: beside the script, inline, and not if they are newer" {
  local map='{"version":3,"sources":["../src/leak.ts"],"names":[],"mappings":";;;;;;;;;;;AAuCE"}'
  mkdir app src
  seq -f 'generated %g, wide enough' 60 >app/leak.mjs
  cp app/leak.mjs plain
  echo '//# sourceMappingURL=leak.mjs.map' >>app/leak.mjs
  echo "$map" >app/leak.mjs.map
  seq -f 'source %g' 60 >src/leak.ts
  touch -d 2020-01-01 app/leak.mjs app/leak.mjs.map src/leak.ts
  "$MAKE_TRACE" story.weir root="$PWD/app"
  run -0 "$WEIR" growth story.weir
  [[ $output != *"remember leak.mjs:12"* ]] || skip "built without libjson-c"
  [[ $output =~ "held "\ +"4 min 21 s  remember src/leak.ts:40:3" ]]
  has "(from app/leak.mjs:12)"
  has '40 | source 40'
  run -0 "$WEIR" growth --no-files story.weir
  has "remember leak.mjs:12:15"
  touch app/leak.mjs.map
  run -0 "$WEIR" growth story.weir
  has "remember leak.mjs:12:15"
  {
    cat plain
    echo "//# sourceMappingURL=data:application/json;base64,$(base64 -w0 <<<"$map")"
  } >app/leak.mjs
  touch -d 2020-01-01 app/leak.mjs
  run -0 "$WEIR" growth story.weir
  has "remember src/leak.ts:40:3"
}

@test "what was dropped is said" {
  "$MAKE_TRACE" story.weir drop.sites=7 drop.busy=1234 gc_known=0
  run -0 "$WEIR" growth story.weir
  has 'not recorded: who asked for a block, for want of room (7)'
  has 'not recorded: who asked for a block, when too many did at once (1,234)'
  has 'garbage collections cannot be observed here'
}

@test "memory that weir keeps free is called so, and so is what nobody accounts for" {
  "$MAKE_TRACE" story.weir rss=300000000 cached=280000000
  run -0 "$WEIR" growth story.weir
  has 'retained-by-allocator: freed by the program'
  has '$ weir purge 1234'
}

@test "foreign text cannot steer the terminal" {
  "$MAKE_TRACE" story.weir runtime="$(printf 'no\033[2Jde')" root="$(printf '/a\033]0;b')"
  run -0 "$WEIR" growth story.weir
  has 'no\x1b[2Jde'
  [ "$(LC_ALL=C tr -cd '\033' <<<"$output" | wc -c)" -eq 0 ]
  "$WEIR" growth --json story.weir | is_json
}

@test "one collection is one, of a worker as well" {
  "$MAKE_TRACE" story.weir gcs=2 main_gcs=1
  run -0 "$WEIR" growth story.weir
  has '; 1 major garbage collection, and 1 of a worker'
  "$WEIR" report -o page.html story.weir
  grep -q '1 major, 1 of a worker, ' page.html
  "$MAKE_TRACE" story.weir gcs=2 main_gcs=0
  run -0 "$WEIR" growth story.weir
  has '; 0 major garbage collections, and 2 of workers'
}

@test "files without a trace, cut ones, and what is none" {
  "$MAKE_TRACE" none.weir trace=0
  run -1 "$WEIR" growth none.weir
  has 'none.weir: no trace in it'
  "$MAKE_TRACE" cut.weir cut=150000
  run -0 "$WEIR" growth cut.weir
  has 'the file is shorter than it says'
  has remember
  # It is said before anything that may be wrong for it.
  "$MAKE_TRACE" cut.weir cut=100000
  run -0 "$WEIR" growth cut.weir
  [[ ${lines[2]} == 'the file is shorter than it says, a copy that was cut: '* ]]
  has 'No line is left of it.'
  lacks 'No allocation was recorded'
  "$MAKE_TRACE" cut.weir cut=60000
  run -1 "$WEIR" growth cut.weir
  has 'cut.weir: truncated: it ends before its trace'
  run -1 "$WEIR" growth /dev/null
  has 'not a regular file'
  run -2 "$WEIR" growth a b
  run -2 "$WEIR" growth --by=colour story.weir
  has 'line, function, file, package, kind, thread or stack'
  run -1 "$WEIR" growth --diff a story.weir
}

@test "without an argument: the process that runs, else the last that ended; of several, which" {
  run -1 "$WEIR" growth
  has 'no process under weir runs or has left a sidecar here'
  mkdir -p "$FOLDER"
  "$MAKE_TRACE" "$FOLDER/999999-77.weir" pid=999999 start=77
  run -0 "$WEIR" growth
  has 'pid 999999'
  "$WEIR" report -o page.html
  grep -q 999999 page.html
  "$MAKE_TRACE" "$FOLDER/$$-$(start_ticks $$).weir" pid=$$ start="$(start_ticks $$)" state=1 now=1
  run -0 "$WEIR" growth
  has "pid $$"
  parent=$(awk '{ print $4 }' /proc/$$/stat)
  "$MAKE_TRACE" "$FOLDER/$parent-$(start_ticks "$parent").weir" pid="$parent" start="$(start_ticks "$parent")" state=1 now=1
  run -1 "$WEIR" growth
  has '2 processes under weir run here; which one?'
  has "weir growth $parent"
}

@test "a sidecar that the process wrote to its last second is read by pid" {
  "$MAKE_TRACE" "$FOLDER/999999-77.weir" pid=999999 start=77
  run -0 "$WEIR" growth 999999
  has 'pid 999999, /usr/bin/node (node, V8 13.6), gone'
}

@test "of a process of another user it does not say more than it knows" {
  local as=() pid=1
  if [ "$(id -u)" -eq 0 ]; then
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    pid=$$
    "${as[@]}" "$WEIR" help >/dev/null || skip "that user cannot run the command"
  fi
  for command in growth 'top --once' purge; do
    # shellcheck disable=SC2086
    run -1 "${as[@]}" "$WEIR" $command $pid
    has "process $pid has no sidecar that you may read, and whether it runs under weir cannot be seen"
    has 'run weir as that user'
  done
}

@test "snap and purge say why they cannot" {
  "$MAKE_TRACE" story.weir state=2
  run -1 "$WEIR" snap story.weir
  has 'the process is no longer running (exited)'
  run -1 "$WEIR" purge 999999
  has 'there is no process 999999'
  run -2 "$WEIR" snap story.weir "$(printf 'a\nb')"
  has 'a label is text of at most 47 bytes on one line'
  run -2 "$WEIR" purge story.weir label
  "$MAKE_TRACE" "$FOLDER/x.weir" pid=$$ start="$(start_ticks $$)" state=1
  run -1 "$WEIR" snap --timeout=0.1 "$FOLDER/x.weir" here
  has 'no answer'
}
