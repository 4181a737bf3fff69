#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Who may attach to whom: kernel.yama.ptrace_scope 0 to 3. By root up to 2, by the process's own user where it is 0; else
# it is refused, and said why; the process goes on.
. "$WEIR_SRCDIR/scripts/vm/trial.bash"
export XDG_RUNTIME_DIR=$TMPDIR/own
mkdir -p "$XDG_RUNTIME_DIR" && chown nobody "$XDG_RUNTIME_DIR"
mkfifo "$TMPDIR/orders" && exec 9<>"$TMPDIR/orders"

# as USER COMMAND...
as() {
  local user=$1
  shift
  if [ "$user" = root ]; then "$@"; else setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; fi
}

# begin: a guest of nobody's that is no child of the command's; $guest.
begin() {
  setpriv --reuid=nobody --regid=nogroup --clear-groups "$WEIR_BUILDDIR/tests/attach/plain" <&9 >"$TMPDIR/ready" &
  guest=$!
  for _ in $(seq 100); do
    ! grep -q ready "$TMPDIR/ready" || return 0
    sleep 0.1
  done
  return 1
}

is_named() {
  timeout 60 "$WEIR" growth --json "$guest" | grep -q '"name": *"keep_here '
}

# attaches USER: named, and gone again.
attaches() {
  local status=0
  begin || return
  as "$1" timeout 60 "$WEIR" attach "$guest" && printf aaa >&9 || status=1
  for _ in $(seq 50); do
    is_named || { sleep 0.2 && continue; }
    break
  done
  is_named && as "$1" timeout 60 "$WEIR" detach "$guest" && kill -0 "$guest" || status=1
  kill "$guest"
  return $status
}

# refused USER WORDS
refused() {
  local status=0
  begin || return
  ! as "$1" timeout 60 "$WEIR" attach "$guest" >"$TMPDIR/why" 2>&1 || status=1
  cat "$TMPDIR/why"
  grep -q "$2" "$TMPDIR/why" && ! grep -q libweir_attach "/proc/$guest/maps" && kill -0 "$guest" || status=1
  kill "$guest"
  return $status
}

turn kernel.yama.ptrace_scope 0 || echo "no Yama in this kernel"
try "ptrace_scope 0: its own user attaches" attaches nobody
try "ptrace_scope 0: root attaches" attaches root
turn kernel.yama.ptrace_scope 1
try "ptrace_scope 1: its own user does not" refused nobody "ptrace_scope is 1: only its parents may trace"
try "ptrace_scope 1: root attaches" attaches root
turn kernel.yama.ptrace_scope 2
try "ptrace_scope 2: its own user does not" refused nobody "ptrace_scope is 2: use sudo weir attach"
try "ptrace_scope 2: root attaches" attaches root
turn kernel.yama.ptrace_scope 3
try "ptrace_scope 3: its own user does not" refused nobody "ptrace_scope is 3: nobody may trace"
try "ptrace_scope 3: nor does root" refused root "ptrace_scope is 3: nobody may trace"
finish
