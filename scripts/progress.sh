# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart and run-tests: runs the steps that take long, so that whoever waits sees how far they are,
# and that no step waits for ever.

# count_of PATTERN FILE: how many lines of the file match; 0 while there is no file.
count_of() {
  grep -cE "$1" "$2" 2>/dev/null || [ -e "$2" ] || echo 0
}

# On a terminal the line is written over; elsewhere a new one, at most every five seconds.
show_progress() {
  if [ -t 1 ]; then
    printf '\r\033[K%s' "$1"
  elif [ $((progress_seconds % 5)) -eq 0 ] && [ "$progress_seconds" -gt 0 ]; then
    printf '%s\n' "$1"
  fi
}

# What the step started is a group of its own, which ends as a whole.
stop_step() {
  kill -TERM "-$step_pid" 2>/dev/null || kill -TERM "$step_pid" 2>/dev/null
}

# step SECONDS LOG LABEL COUNTER COMMAND...: runs the command, its output at the end of LOG. Once a second COUNTER, a
# function, prints how far it is ("12 of 180 files"; `true` has nothing to say). The command's status, or 124
# after SECONDS.
step() {
  step_limit=$1 step_log=$2 step_label=$3 step_counter=$4
  shift 4
  progress_seconds=0
  # `timeout` leads a group of its own.
  timeout -k 10 "$step_limit" "$@" >>"$step_log" 2>&1 </dev/null &
  step_pid=$!
  trap 'stop_step; [ ! -t 1 ] || echo; exit 130' INT
  trap 'stop_step; exit 143' TERM HUP
  while kill -0 $step_pid 2>/dev/null; do
    step_done=$($step_counter)
    show_progress "$step_label: ${step_done:+$step_done, }$progress_seconds s"
    sleep 1
    progress_seconds=$((progress_seconds + 1))
  done
  step_status=0
  wait $step_pid || step_status=$?
  trap - INT TERM HUP
  step_done=$($step_counter)
  [ ! -t 1 ] || printf '\r\033[K'
  if [ "$step_status" -eq 0 ]; then
    echo "$step_label: done in $progress_seconds s"
  elif [ "$step_status" -eq 124 ]; then
    echo "$step_label: stopped after $step_limit s${step_done:+, at $step_done}"
  fi
  return "$step_status"
}
