#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Help with examples that are commands of today, and what completes a command line in bash, zsh and fish.

bats_require_minimum_version 1.5.0
load tools

setup() {
  own_environment
  PATH=$WEIR_BUILDDIR:$PATH
  completion=$WEIR_SRCDIR/packaging/completion
}

commands() {
  "$WEIR" help | sed -nE 's/^  weir ([a-z]+) .*/\1/p' | grep -v '^help$'
}

@test "each command's help has examples, of commands and options that there are" {
  commands >names
  [ "$(wc -l <names)" -ge 14 ]
  while read -r name; do
    "$WEIR" help "$name" >text
    sed -n '/^For example:$/,/^$/p' text | sed '1d;$d' >examples
    grep -q "weir $name" examples || {
      echo "weir help $name has no example of it"
      return 1
    }
    # The commands in the examples, and their options as far as their own help names them.
    grep -oE 'weir [a-z]+( [^;#|]*)?' examples | sed 's/ -- .*//' | while read -r _ command rest; do
      grep -qx "$command" names
      "$WEIR" help "$command" | sed '/^For example:$/,/^$/d' >its
      for word in $rest; do
        [[ $word != --* ]] || grep -qF -e "${word%%=*}" its || {
          echo "weir $command has no ${word%%=*}, which an example of $name has"
          exit 1
        }
      done
    done
  done <names
}

# completed WORD...: what bash offers for the last one.
completed() {
  bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _weir; printf "%s\n" "${COMPREPLY[@]}"' \
    "$completion/weir.bash" "$@"
}

@test "bash: commands, options of each, programs behind run" {
  diff <(commands | sort; echo help) <(completed weir "" | sort | grep -v '^help$'; echo help)
  [ "$(completed weir gro)" = growth ]
  [ "$(completed weir growth --dif)" = --diff ]
  [ "$(completed weir run --cache)" = --cache_max ]
  completed weir run pe | grep -qx perl
  completed weir run --summary pe | grep -qx perl
  [ "$(completed weir help repo)" = report ]
  touch one.weir
  [ "$(completed weir report one)" = one.weir ]
  # What follows a program is the program's.
  [ -z "$(completed weir run perl --sum | tr -d '\n')" ]
  sidecar_of $$
  [ "$(completed weir stat $$)" = $$ ]
}

@test "fish: commands with what they do, options" {
  command -v fish || skip "no fish here"
  fish -n "$completion/weir.fish"
  offered() { fish --no-config -c "source '$completion/weir.fish'; complete -C '$1'" 3>&-; }
  offered "weir gro" | grep -q "^growth.*name the lines of code"
  offered "weir growth --dif" | grep -q "^--diff"
  offered "weir run per" | grep -q "^perl"
}

@test "zsh: the file is right" {
  command -v zsh || skip "no zsh here"
  zsh -n "$completion/_weir"
}
