# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by the trials of vm-trials, which run in the virtual machine as root: TAP on descriptor 3, programs with and
# without weir, switches of the machine.
# shellcheck source=/dev/null
. "$WEIR_SRCDIR/scripts/runtimes.sh"
export SHIM=$WEIR_BUILDDIR/libweir_preload.so WEIR=$WEIR_BUILDDIR/weir WEIR_SRCDIR WEIR_BUILDDIR
guests=$WEIR_BUILDDIR/tests/preload
helpers=$WEIR_SRCDIR/scripts/vm
programs=$WEIR_SRCDIR/tests/runtimes/programs
node24=$(runtimes_dir)/node24/exe
sidecar=$TMPDIR/guest.weir
trial=$(basename "$0" .bash)
tests=0

# note TEXT: a figure, between the tests.
note() {
  echo "# $trial: $*"
  echo "# $trial: $*" >&3
}

# try NAME COMMAND...: a test. Status 77: not possible here, with the last line of the log as reason.
try() {
  local name=$1 status=0
  shift
  tests=$((tests + 1))
  echo "== $name: $*"
  ("$@") >"$TMPDIR/said" 2>&1 || status=$?
  cat "$TMPDIR/said"
  case $status in
  0) echo "ok $tests - $trial: $name" >&3 ;;
  77) echo "ok $tests - $trial: $name # skip $(tail -n 1 "$TMPDIR/said")" >&3 ;;
  *) echo "not ok $tests - $trial: $name" >&3 ;;
  esac
  echo "== status $status"
}

finish() {
  echo "1..$tests" >&3
}

# turn SWITCH VALUE: of /proc/sys, or a file by its whole path.
turn() {
  local file=/proc/sys/${1//.//}
  [[ $1 != /* ]] || file=$1
  echo "$2" >"$file" && echo "$1 is $(cat "$file")"
}

# under OPTIONS COMMAND...: with the shim, the sidecar in $sidecar.
under() {
  local options=$1
  shift
  rm -f "$sidecar"
  timeout -k 5 900 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$sidecar,$options" "$@"
}

adds_up() {
  "$WEIR" stat --check "$sidecar"
}

# counter NAME: its raw value in the sidecar.
counter() {
  "$WEIR" stat --json "$sidecar" | sed -n "s/^ *\"$1\": *\([0-9]*\),\{0,1\}\$/\1/p" | head -n 1
}

# both OPTIONS COMMAND...: runs it without weir and with it; the figures "NAME N" that it prints are then in the arrays
# `plain` and `with`.
both() {
  local options=$1 plain_status=0 with_status=0 key value
  shift
  timeout 900 "$@" >"$TMPDIR/plain.out" || plain_status=$?
  under "$options" "$@" >"$TMPDIR/with.out" || with_status=$?
  declare -gA plain=() with=()
  while read -r key value; do plain[$key]=$value; done <"$TMPDIR/plain.out"
  while read -r key value; do with[$key]=$value; done <"$TMPDIR/with.out"
  echo "without: $plain_status $(tr '\n' ' ' <"$TMPDIR/plain.out"), with: $with_status $(tr '\n' ' ' <"$TMPDIR/with.out")"
  note "$(IFS=' ' && echo "${*##*/}"): without weir $(tr '\n' ' ' <"$TMPDIR/plain.out"); with $(tr '\n' ' ' <"$TMPDIR/with.out")"
  [ $plain_status -eq 0 ] && [ $with_status -eq 0 ] && adds_up
}

# alike COMMAND...: the same output and status with weir as without it; the sidecar adds up.
alike() {
  local plain_status=0 with_status=0
  timeout 900 "$@" >"$TMPDIR/plain.out" 2>"$TMPDIR/plain.err" || plain_status=$?
  under enabled "$@" >"$TMPDIR/with.out" 2>"$TMPDIR/with.err" || with_status=$?
  echo "status $plain_status without weir, $with_status with it"
  tail -n 5 "$TMPDIR/plain.err" "$TMPDIR/with.err"
  if [ $plain_status -ne $with_status ] || ! cmp "$TMPDIR/plain.out" "$TMPDIR/with.out" || [ ! -s "$TMPDIR/plain.out" ]; then
    return 1
  fi
  if grep '^weir' "$TMPDIR/with.err"; then
    return 1
  fi
  adds_up && note "${1##*/}: status $with_status, $(counter large_requests) blocks asked for"
}

python_alike() {
  alike python3 -c '
import hashlib, zlib
kept = []
for i in range(120):
    block = bytearray(150000 + i * 7919 % 97 * 30000)
    assert not any(block[::4096])
    block[::4096] = bytes([i]) * len(block[::4096])
    kept.append(block)
    if i % 3 == 0:
        kept[i // 2] = kept[i // 2] + block[:200000]
    if i % 10 == 9:
        print(i, hashlib.sha1(zlib.compress(kept[i // 2][:300000])).hexdigest(), sum(map(len, kept)))
        kept[i // 4] = b""'
}

node_alike() {
  [ -x "$node24" ] || { echo "no Node 24: scripts/fetch-runtimes fetches it" && return 77; }
  alike "$node24" "$programs/$1"
}

# suite FILE.bats...: weir's own tests; says how many passed and were skipped.
suite() {
  local status=0 file
  for file; do
    timeout -k 5 900 bats --tap "$WEIR_SRCDIR/tests/$file" || status=1
  done >"$TMPDIR/suite"
  cat "$TMPDIR/suite"
  note "$* passed $(grep -c '^ok ' "$TMPDIR/suite" || true)," \
    "of them skipped $(grep -c '^ok .* # skip' "$TMPDIR/suite" || true)"
  grep '^not ok' "$TMPDIR/suite" | sed "s/^/# $trial: /" >&3
  return $status
}

killed() {
  ! dmesg | grep -iE 'out of memory|oom-kill|segfault|general protection'
}
