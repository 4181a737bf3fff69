# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Completion of `weir` for bash. Commands and options are those that `weir help` names, so it is never older than the command.

_weir_words() {
  case $1 in
  "") weir help 2>/dev/null | sed -nE 's/^  weir ([a-z]+) .*/\1/p' ;;
  *) weir help "$1" 2>/dev/null | grep -oE '(^|[^-[:alnum:]])--[a-z][a-z_-]*' | grep -oE -e '--[a-z].*' | sort -u ;;
  esac
}

# Pids of processes that have a record and run.
_weir_pids() {
  weir stat 2>/dev/null | awk '$2 == "running" { print $1 }'
}

_weir() {
  local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]:-} i
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_weir_words "")" -- "$current")
    return
  fi
  # Behind its own options, `weir run` and `weir doctor` have another command line.
  if [ "$command" = run ] || [ "$command" = doctor ]; then
    for ((i = 2; i < COMP_CWORD; i++)); do
      case ${COMP_WORDS[i]} in
      --) i=$((i + 1)) ;;
      -*|=) continue ;;
      esac
      if [ "${COMP_WORDS[i - 1]}" != "=" ] && [ "$i" -lt "$COMP_CWORD" ]; then
        declare -F _command_offset >/dev/null && _command_offset "$i"
        return
      fi
      break
    done
    if [[ $current != -* ]]; then
      mapfile -t COMPREPLY < <(compgen -c -- "$current")
      return
    fi
  fi
  if [ "$command" = help ]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_weir_words "")" -- "$current")
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_weir_words "$command")" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$(_weir_pids)" -- "$current"; compgen -f -- "$current")
  fi
}

complete -o filenames -F _weir weir
