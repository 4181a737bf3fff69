# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Runs the leaking programs and reads what they should be found guilty of from their own comments.
# For leaks.bats and scripts/leak-table; both set `weir`, `programs` and source runtimes.sh.
# shellcheck disable=SC2034,SC2154 # for and from those who source it

leak_programs=(module_array.mjs closure_cache.cjs map_no_eviction.mjs event_listeners.mjs
  worker_transfers.mjs no_backpressure.mjs lru_plateau.mjs gc_lag.mjs addon_leak.cjs
  zlib_streams.mjs crypto_keys.mjs subarray.mjs
  upload_sessions.mjs timers_kept.cjs never_settled.mjs external_text.cjs ring.mjs batches.mjs)

# leak_node VERSION: path of that Node, or nothing.
leak_node() {
  if [ "$1" = 20 ]; then
    local node
    node=$(command -v node) || return 0
    [[ $("$node" --version) != v20.* ]] || echo "$node"
  else
    local exe
    exe=$(runtimes_dir)/node$1/exe
    [ ! -x "$exe" ] || echo "$exe"
  fi
}

# leak_want PROGRAM: LINE VERDICT, from its comment "// guilty: VERDICT" or "// innocent: VERDICT".
leak_want() {
  sed -nE '/\/\/ (guilty|innocent): /{=;s/.*: ([a-z-]+)$/\1/p;}' "$programs/leaks/$1" |
    paste -sd ' '
}

# leak_addon FILE: builds the add-on of addon_leak.cjs.
leak_addon() {
  gcc -shared -fPIC -O2 -o "$1" "$programs/leaks/addon_leak.c"
}

# leak_run NODE PROGRAM FOLDER: its sidecar is FOLDER/PROGRAM.weir.
leak_run() {
  ADDON=$ADDON timeout 120 "$weir" run --quiet --stats_ms=100 --stats="$3/$2.weir" -- \
    "$1" "$programs/leaks/$2" </dev/null
}

# leak_got PROGRAM FOLDER: what weir growth has to say of it, PROGRAM:LINE VERDICT EXACT.
leak_got() {
  "$weir" growth --json --no-files "$2/$1.weir" | jq -r '.sites[0] |
    "\(.file // "?" | split("/") | last):\(.line) \(.verdict) \(
      . as $s | any(.stack[]; .line == $s.line and .file == $s.file and .exact_line))"'
}
