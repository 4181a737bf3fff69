# SPDX-License-Identifier: Apache-2.0
# `weir export` on the story of trace_story.c: each format by a reader of its own.
# shellcheck disable=SC2154 # bats sets output and status

setup() {
  . "$BATS_TEST_DIRNAME/tools.bash"
  # shellcheck source=scripts/runtimes.sh
  . "$WEIR_SRCDIR/scripts/runtimes.sh"
  RUNTIMES=$(runtimes_dir) # below the home that is left now
  own_environment
  "$WEIR_BUILDDIR/tests/tools/make_trace" story.weir
}

MB=1048576

export_as() {
  "$WEIR" export --format="$1" "${@:2}" -o out story.weir
}

# All live bytes of the story: sites and what was not attributed.
LIVE=$(((119 + 28 + 20 + 2 + 29) * MB + 262144))

@test "folded: a line a site, outermost first, in bytes" {
  export_as folded
  [ "$(wc -l <out)" -eq 6 ]
  grep -qx "libc.so.6+0x27305;.*;remember /app/leak.mjs:12:15;alloc node:buffer:374:3;[^;]* $((119 * MB))" out
  [ "$(awk '{ n += $NF } END { print n }' out)" -eq "$LIVE" ]
  export_as folded --value=alloc
  grep -q "handle .* $((358 * MB))$" out
  # What added nothing has no line.
  export_as folded --value=growth
  [ "$(wc -l <out)" -eq 2 ]
  grep -q "remember .* $((80 * MB))$" out
}

@test "json: as weir growth has it" {
  export_as json
  cmp out <("$WEIR" growth --json --top=0 story.weir)
}

@test "speedscope: frames, samples and weights belong together" {
  command -v jq >/dev/null || skip "no jq"
  export_as speedscope --value=alloc
  jq -e '."$schema" == "https://www.speedscope.app/file-format-schema.json"' out
  jq -e '.activeProfileIndex == 1 and (.profiles | length == 3)' out
  jq -e '(.shared.frames | length) as $n | .profiles
    | all((.samples | length) == (.weights | length) and .unit == "bytes"
      and .endValue == (.weights | add) and (.samples | flatten | all(. >= 0 and . < $n)))' out
  jq -e ".profiles[0].endValue == $LIVE" out
  jq -e '.shared.frames | any(.name == "remember" and .file == "/app/leak.mjs" and .line == 12)' out
}

@test "heapprofile: a tree of script frames, as V8 writes it" {
  command -v jq >/dev/null || skip "no jq"
  export_as heapprofile
  jq -e '.head.callFrame.functionName == "(root)"' out
  jq -e "[.. | .selfSize? // empty] | add == $LIVE" out
  jq -e '[.. | objects | select(has("callFrame"))] | all(
    (.callFrame | (.functionName | type) == "string" and (.url | type) == "string"
      and (.lineNumber | type) == "number" and (.columnNumber | type) == "number")
    and (.children | type) == "array" and (.id | type) == "number")' out
  jq -e '[.. | .id? // empty] | length == (unique | length)' out
  # Lines and columns are counted from 0 there, and scripts have URLs.
  jq -e '.. | .callFrame? | select(.functionName == "remember")
    | .url == "file:///app/leak.mjs" and .lineNumber == 11 and .columnNumber == 14' out
  jq -e '([.. | objects | select(has("selfSize")) | .id]) as $ids
    | .samples | all(.nodeId as $n | $ids | index($n) != null)' out
}

@test "heapprofile: Chrome's DevTools loads it and shows the function and its bytes" {
  local node=
  for name in node22 node24 node26; do
    [ ! -x "$RUNTIMES/$name/exe" ] || node=$RUNTIMES/$name/exe
  done
  [ -n "$node" ] || skip "no Node 22 or later: scripts/fetch-runtimes fetches it"
  command -v chromium >/dev/null || skip "no chromium"
  export_as heapprofile
  TMPDIR=$BATS_TEST_TMPDIR run timeout 120 "$node" "$WEIR_SRCDIR/tests/tools/devtools.mjs" chromium out \
    remember
  [ "$status" -ne 77 ] || skip "$output"
  [ "$status" -eq 0 ]
  # Its total, in units of a thousand.
  has "125 MB"
}

@test "pprof: decodes by the schema, with labels, mappings and build ids" {
  command -v protoc >/dev/null || skip "no protoc (Debian: protobuf-compiler)"
  export_as pprof
  gzip -t out
  gzip -dc out | protoc --decode_raw >text
  # Four sample types; string 0 is empty; six samples with four values.
  [ "$(grep -c '^1 {' text)" -eq 4 ]
  [ "$(grep -m1 '^6' text)" = '6: ""' ]
  [ "$(grep -c '^2 {' text)" -eq 6 ]
  [ "$(grep -c '^3 {' text)" -eq 3 ]
  for string in inuse_space alloc_objects remember /app/leak.mjs gc_age backing_store \
    000102030405060708090a0b0c0d0e0f10111213; do
    grep -q "^6: \"$string\"$" text
  done
  grep -q '^9: 17000001[0-9]*$' text
}

@test "pprof: pprof itself reads it" {
  local pprof
  if command -v pprof >/dev/null; then
    pprof=(pprof)
  else
    for go in go /usr/lib/go-*/bin/go; do
      ! command -v "$go" >/dev/null || pprof=("$go" tool pprof)
    done
  fi
  [ -n "${pprof[*]}" ] || skip "no pprof (Debian: golang-go brings go tool pprof)"
  export_as pprof
  run -0 "${pprof[@]}" -raw out
  has "alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes[dflt]"
  has "476  $((119 * MB))        476  $((119 * MB)):"
  has 'remember /app/leak.mjs:12'
  export_as pprof --value=growth
  run -0 "${pprof[@]}" -sample_index=inuse_space -unit=mb -top -cum out
  [[ $output =~ 80MB.*remember ]]
}

# The rules by which Parca takes a profile or refuses it, and what Pyroscope goes by.
@test "pprof: a parser of another make finds what Parca and Pyroscope ask for" {
  local parser=$RUNTIMES/pprof-format/exe
  [ -e "$parser" ] || skip "no pprof-format (scripts/fetch-runtimes brings it)"
  command -v node >/dev/null || skip "no node"
  for value in live alloc growth; do
    export_as pprof --value=$value
    node "$BATS_TEST_DIRNAME/pprof_rules.js" "$parser" out >facts
    grep -qx 'types alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes' facts
    grep -qx 'time 1700000119000000000' facts
    grep -qx 'period space/bytes 1' facts
    case $value in
    live) grep -qx "default inuse_space" facts && grep -qx 'duration 119000000000' facts &&
      grep -qx "sum inuse_space $LIVE" facts ;;
    alloc) grep -qx "default alloc_space" facts ;;
    growth) grep -qx "default inuse_space" facts && grep -qx 'duration 79[0-9]*' facts ;;
    esac
    grep -qx 'labels bytes:bytes gc_age kind thread tid' facts
  done
}

@test "openmetrics: families, labels, escapes, the end" {
  export_as openmetrics
  [ "$(tail -n 1 out)" = "# EOF" ]
  grep -qF "weir_site_live_bytes{exe=\"node\",pid=\"1234\",site=\"remember /app/leak.mjs:12:15\",kind=\"backing_store\"} $((119 * MB))" out
  grep -q '^weir_site_verdict{.*handle.*verdict="gc-lag"} 1$' out
  # Every sample is of a family that was announced, and no series comes twice.
  grep -v '^#' out | sed 's/[{ ].*//; s/_total$//' | sort -u >used
  sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' out | sort -u >announced
  cmp used announced
  [ -z "$(grep -v '^#' out | sed 's/ [^ ]*$//' | sort | uniq -d)" ]
  "$WEIR_BUILDDIR/tests/tools/make_trace" story.weir root='/a"b\c'
  export_as openmetrics
  grep -qF 'site="remember /a\"b\\c/leak.mjs:12:15"' out
}

@test "a file is written in one step or not at all" {
  echo old >out
  run -1 "$WEIR" export --format=folded -o out nothing.weir
  [ "$(cat out)" = old ]
  run -1 "$WEIR" export --format=folded -o missing/out story.weir
  has 'missing/out: cannot be written'
  umask 022
  rm out
  export_as folded
  [ "$(stat -c %a out)" = 600 ]
  chmod 644 out
  export_as folded
  [ "$(stat -c %a out)" = 644 ]
  [ "$(echo out*)" = out ]
}

@test "a link stays, and what it leads to is replaced; a pipe is written to" {
  "$WEIR" export --format=folded story.weir >wanted
  ln -s file link
  echo old >file
  "$WEIR" export --format=folded -o link story.weir
  [ -L link ]
  cmp file wanted
  mkfifo pipe
  cat pipe >got 3>&- &
  "$WEIR" export --format=folded -o pipe story.weir
  [ -p pipe ] || kill $! # nobody writes to it any more
  wait $!
  cmp got wanted
}

@test "of a copy that was cut, what is missing is told; nothing at all is a failure" {
  "$WEIR_BUILDDIR/tests/tools/make_trace" story.weir cut=150000
  run -0 --separate-stderr "$WEIR" export --format=folded story.weir
  [[ $stderr == *"warning: story.weir is shorter than it says, a copy that was cut: "* ]]
  [[ $output == *"remember /app/leak.mjs"* ]]
  "$WEIR_BUILDDIR/tests/tools/make_trace" story.weir cut=100000
  for format in folded pprof json; do
    run -1 --separate-stderr "$WEIR" export --format=$format story.weir
    [ -z "$output" ]
    [[ $stderr == *"no line is left of it"* ]]
  done
}

@test "what it cannot do is said" {
  run -2 "$WEIR" export story.weir
  has 'which format? --format=json, folded, pprof, heapprofile, speedscope or openmetrics'
  run -2 "$WEIR" export --format=xml story.weir
  run -2 "$WEIR" export --format=json --value=most story.weir
}
