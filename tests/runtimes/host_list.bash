# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The hosts of doc/runtimes.md: how each is started on a program with large buffers, and the
# row of the table that its sidecars make. Used by the tests and by scripts/runtime-table.

host_names=(node node22 node24 node26 deno bun cpython numpy ruby perl php php_malloc java sqlite redis)

# host_start NAME: sets `host`, the command with its program, and `exe`, the file it is in;
# fails when it is not here.
host_start() {
  local programs=$WEIR_SRCDIR/tests/runtimes/programs python=/usr/bin/python3
  [ -x $python ] || python=python3
  case $1 in
  node) host=(node "$programs/buffers.mjs") ;;
  node* | bun) host=("$(runtimes_dir)/$1/exe" "$programs/buffers.mjs") ;;
  deno) host=("$(runtimes_dir)/deno/exe" run --quiet --allow-all "$programs/buffers.mjs") ;;
  cpython) host=("$python" "$programs/buffers.py") ;;
  numpy) host=("$python" "$programs/arrays.py") ;;
  ruby) host=(ruby -W0 "$programs/buffers.rb") ;;
  perl) host=(perl "$programs/buffers.pl") ;;
  php) host=(php "$programs/buffers.php") ;;
  php_malloc) host=(env USE_ZEND_ALLOC=0 php "$programs/buffers.php") ;;
  java) host=(java -Xmx256m "$programs/DirectBuffers.java") ;;
  sqlite) host=(sqlite3 -batch -init "$programs/blobs.sql" blobs.db .quit) ;;
  redis) host=(sh "$programs/redis_values.sh") ;;
  *) return 1 ;;
  esac
  case $1 in
  redis) exe=$(command -v redis-server) ;;
  php*) exe=$(command -v php) ;;
  *) exe=$(command -v "${host[0]}") ;;
  esac || return
  exe=$(readlink -f "$exe")
  case $1 in
  numpy) "$python" -c 'import numpy' 2>/dev/null ;;
  java) command -v javac >/dev/null ;; # it compiles the program
  esac
}

host_title() {
  case $1 in
  node) echo "Node.js, this system's" ;;
  node*) echo "Node.js ${1#node}" ;;
  deno) echo Deno ;;
  bun) echo Bun ;;
  cpython) echo CPython ;;
  numpy) echo "CPython with NumPy" ;;
  ruby) echo Ruby ;;
  perl) echo Perl ;;
  php) echo PHP ;;
  php_malloc) echo 'PHP, `USE_ZEND_ALLOC=0`' ;;
  java) echo "OpenJDK, direct buffers" ;;
  sqlite) echo SQLite ;;
  redis) echo "Redis, on jemalloc" ;;
  esac
}

# After host_start.
host_version() {
  case $1 in
  numpy) "${host[0]}" -c 'import numpy; print(numpy.__version__)' ;;
  *) "$exe" --version 2>&1 ;;
  esac | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1
}

# host_row NAME FOLDER: the row of the table, from the sidecars in a folder; after host_start.
# A host has several when it forks: the one that counts asked for most.
host_row() {
  local verdict figures
  figures=$(for file in "$2"/*.weir; do
    [ ! -e "$file" ] || "$weir" stat --json "$file" 2>/dev/null
  done | jq -rs --arg exe "$exe" 'map(select(.exe == $exe)) | max_by(.counters.large_requests)
    | select(. != null and .counters.large_requests >= 10)
    | [.counters.large_requests, (.counters.large_requested_bytes / 1e6 | round),
       "\(.derived.hit_rate * 100 | round) %",
       (.kinds | with_entries(select(.value.requests > 0)) | keys | join(", "))]
    | join(" | ")' 2>/dev/null)
  if [ -n "$figures" ]; then
    verdict=yes
  else
    figures='0 | 0 | - | -'
    verdict="no: $("$weir" doctor -- "$exe" | sed -n 's/^verdict: weir would do nothing in this program: //p')"
    [ "$verdict" != 'no: ' ] || verdict='no: it asks malloc for hardly a large block'
  fi
  echo "| $(host_title "$1") | $(host_version "$1") | $verdict | $figures |"
}
