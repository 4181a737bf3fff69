# SPDX-License-Identifier: Apache-2.0
# Completion of `weir` for fish, from what `weir help` names.

function __weir_commands
    weir help 2>/dev/null | sed -nE 's/^  weir ([a-z]+) +(.*)/\1\t\2/p'
end

function __weir_options
    set -l words (commandline -opc)
    weir help $words[2] 2>/dev/null | grep -oE '(^|[^-[:alnum:]])--[a-z][a-z_-]*' | grep -oE -e '--[a-z].*' | sort -u
end

function __weir_pids
    weir stat 2>/dev/null | awk '$2 == "running" { print $1 "\t" $NF }'
end

function __weir_first
    test (count (commandline -opc)) -eq 1
end

complete -c weir -n __weir_first -f -a '(__weir_commands)'
complete -c weir -n 'not __weir_first; and string match -q -- "-*" (commandline -ct)' -f -a '(__weir_options)'
complete -c weir -n 'not __weir_first; and not __fish_seen_subcommand_from run' -a '(__weir_pids)'
complete -c weir -n '__fish_seen_subcommand_from run doctor' -a '(__fish_complete_subcommand --fcs-skip=2)'
