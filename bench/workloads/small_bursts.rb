# SPDX-License-Identifier: Apache-2.0
# Bursts of small objects after some large ones: what the C library's heap makes of them. SCALE
scale = (ARGV[0] || 1).to_f

def cpu = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)
def faults = File.read('/proc/self/stat').split(') ').last.split[7].to_i

[300_000, 900_000, 2_000_000].each { |size| 4.times { ('x' * size).clear } }
GC.start
before, start, used = faults, now, cpu
rounds = (1000 * scale).to_i
rounds.times do
  rows = Array.new(1000) { 'x' * 2000 }
  rows.each(&:clear)
end
puts format('{"name": "small_bursts_rb", "ops": %d, "bytes": %d, "seconds": %f, "cpu_seconds": %f, "faults": %d}',
            rounds * 1000, rounds * 2_000_000, now - start, cpu - used, faults - before)
