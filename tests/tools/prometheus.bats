# SPDX-License-Identifier: Apache-2.0
# From `weir export --format=openmetrics` through node_exporter's textfile collector into a real
# Prometheus: both from Debian, as scripts/fetch-prometheus unpacks them, or installed.
# shellcheck disable=SC2154 # bats sets output and status

setup() {
  . "$BATS_TEST_DIRNAME/tools.bash"
  unpacked=${XDG_CACHE_HOME:-$HOME/.cache}/weir/prometheus/usr/bin
  PATH=$PATH:$unpacked
  own_environment
  node_exporter=$(command -v prometheus-node-exporter) || true
  prometheus=$(command -v prometheus) || true
  [[ -n $node_exporter && -n $prometheus ]] ||
    skip "no prometheus and prometheus-node-exporter: scripts/fetch-prometheus fetches them"
  pids=()
}

teardown() {
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" || true
  done
}

# get PORT PATH: the answer's body and head.
get() {
  exec 9<>"/dev/tcp/127.0.0.1/$1" || return
  printf 'GET %s HTTP/1.0\r\n\r\n' "$2" >&9
  timeout 60 cat <&9
  exec 9>&-
} 2>/dev/null

# await PORT PATH TEXT: until the answer has it.
await() {
  for _ in {1..300}; do
    output=$(get "$1" "$2") || true
    [[ $output != *"$3"* ]] || return 0
    sleep 0.1
  done
  has "$3"
}

@test "sites arrive in Prometheus, with their lines and verdicts" {
  local base=$((20000 + RANDOM % 10000))
  local exporter=$base server=$((base + 1))
  mkdir metrics
  "$WEIR_BUILDDIR/tests/tools/make_trace" story.weir
  "$WEIR" export --format=openmetrics -o metrics/weir.prom story.weir
  "$node_exporter" --collector.disable-defaults --collector.textfile \
    --collector.textfile.directory="$PWD/metrics" \
    --web.listen-address="127.0.0.1:$exporter" >exporter.log 2>&1 3>&- &
  pids+=($!)
  printf 'scrape_configs:\n- job_name: weir\n  scrape_interval: 1s\n  static_configs:\n  - targets: ["127.0.0.1:%s"]\n' \
    "$exporter" >prometheus.yml
  "$prometheus" --config.file=prometheus.yml --storage.tsdb.path="$PWD/data" \
    --web.listen-address="127.0.0.1:$server" >prometheus.log 2>&1 3>&- &
  pids+=($!)
  await "$exporter" /metrics 'weir_site_live_bytes{'
  has 'node_textfile_scrape_error 0'
  await "$server" '/api/v1/query?query=weir_site_live_bytes' 'remember /app/leak.mjs:12:15'
  has '"124780544"'
  await "$server" '/api/v1/query?query=weir_site_verdict' '"verdict":"held"'
  await "$server" '/api/v1/query?query=weir_site_allocated_bytes_total' 'remember'
}
