#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A Redis server with large values, on a socket in the current folder, and what its clients get:
# digests. Saves in a forked child, and loads that again.
set -eu
redis-server --port 0 --unixsocket redis.sock --daemonize no --save '' --dir . \
  --logfile redis.log --client-query-buffer-limit 1gb --enable-debug-command yes &
server=$!
trap 'kill "$server"; wait "$server" || true' EXIT
cli() {
  redis-cli -s redis.sock --raw "$@"
}
tries=0
until cli PING >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ $tries -lt 200 ]
  sleep 0.05
done

# value SIZE SEED: text, the same each time.
value() {
  seq "$2" 7 100000000 | head -c "$1"
}
digest() {
  sha1sum | cut -c1-16
}

i=0
for size in 1 65536 131071 131072 200001 1048575 1048577 5242880 10485761 20983865; do
  i=$((i + 1))
  value $size $i | cli -x SET value:$i >/dev/null
  echo "$size $(cli GET value:$i | digest) $(cli STRLEN value:$i) $(cli BITCOUNT value:$i)"
done
i=0
while [ $i -lt 10 ]; do
  i=$((i + 1))
  value 300000 $i | cli -x APPEND grown >/dev/null
  value $((i * 70000)) $i | cli -x RPUSH list >/dev/null
  value 250000 $i | cli -x HSET hash "field$i" >/dev/null
done
cli SETRANGE grown 8000000 tail
echo "grown $(cli GET grown | digest) $(cli GETRANGE grown 100000 2100000 | digest)"
echo "list $(cli LLEN list) $(cli LRANGE list 0 -1 | digest)"
echo "hash $(cli HMGET hash field1 field5 field10 | digest) $(cli HLEN hash)"
echo "bits $(cli SETBIT bits 90000000 1) $(cli BITOP NOT inverse bits) $(cli BITCOUNT inverse)"
cli EVAL 'return #string.rep(redis.call("GET", "value:5"), 30)' 0
echo "before $(cli DEBUG DIGEST)"
cli BGSAVE >/dev/null
until [ "$(cli INFO persistence | tr -d '\r' | sed -n 's/^rdb_bgsave_in_progress://p')" = 0 ]; do
  sleep 0.05
done
cli INFO persistence | tr -d '\r' | grep rdb_last_bgsave_status
cli DEBUG RELOAD
echo "after $(cli DEBUG DIGEST)"
cli FLUSHALL
cli MEMORY PURGE
cli DBSIZE
