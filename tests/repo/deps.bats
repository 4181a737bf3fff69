#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# One way down: what a folder may include, and who may map memory, as doc/HACKING.md has it.

load repo

# "includer included" for each #include, both from the top folder; <x.h> stays as it is.
includes() {
  (cd "$WEIR_SRCDIR" && sources_like '^(include|policy|pool|trace|encode|preload|tools)/.*\.(c|h|def)$' |
    xargs grep -HoE '^[[:space:]]*#[[:space:]]*include[[:space:]]+["<][^">]+' |
    sed -E 's/:[^"<]*/ /; s/ "/ /; s/ <weir\// weir\//; s/ weir\// include\/weir\//')
}

# "folder column-2-words : column-3-words" for each row of the table.
table() {
  marked doc/HACKING.md folders | grep '^| `' | tr -d '`,' |
    awk -F'|' '{ print $2 ":" $3 ":" $4 }' | tr -s ' '
}

breaches() {
  includes | awk -v table="$(table)" '
    BEGIN {
      n = split(table, rows, "\n")
      for (i = 1; i <= n; i++) {
        split(rows[i], cells, ":")
        gsub(" ", "", cells[1])
        folder[i] = cells[1]
        ours[cells[1]] = cells[2]
        system_headers[cells[1]] = cells[3]
      }
    }
    function allowed(list, what,    words, k, j) {
      k = split(list, words, " ")
      for (j = 1; j <= k; j++)
        if (words[j] == "any" || what == words[j] || index(what, words[j] "/") == 1)
          return 1
      return 0
    }
    {
      home = ""
      for (i = 1; i <= n; i++)
        if (index($1, folder[i] "/") == 1)
          home = folder[i]
      if (home == "")
        print $1 ": its folder is not in the table of doc/HACKING.md"
      else if ($2 ~ /^</ && !allowed(system_headers[home], substr($2, 2)))
        print $1 " includes " $2 ">"
      else if ($2 !~ /^</ && $2 != "config.h" && !allowed(ours[home], $2))
        print $1 " includes " $2
    }'
}

@test "a folder includes only what its row in doc/HACKING.md allows" {
  [ "$(table | wc -l)" -ge 4 ]
  [ "$(includes | wc -l)" -ge 20 ]
  breaches | no_lines
}

@test "policy calls nothing but the string functions of libc" {
  library=$WEIR_BUILDDIR/.libs/libpolicy.a
  [ -e "$library" ] || library=$WEIR_BUILDDIR/libpolicy.a
  [ -e "$library" ] || skip "no libpolicy.a in this build"
  nm "$library" | awk 'NF == 3 { print $3 }' | sort -u >"$BATS_TEST_TMPDIR/own"
  [ -s "$BATS_TEST_TMPDIR/own" ]
  nm -u "$library" | awk 'NF == 2 { print $2 }' | sort -u |
    grep -vxF -f "$BATS_TEST_TMPDIR/own" |
    grep -vxE '(__)?(mem|str)[a-z]+(_chk)?|_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__(asan|ubsan|tsan|sanitizer|sancov|st(art|op)___sancov)_.*' |
    no_lines
}

@test "only the files that doc/HACKING.md lists map memory" {
  marked doc/HACKING.md mappers | grep -oE '[a-z_/]+\.[ch]' | sort >"$BATS_TEST_TMPDIR/listed"
  [ -s "$BATS_TEST_TMPDIR/listed" ]
  (cd "$WEIR_SRCDIR" && sources_like '^(include|policy|pool|trace|encode|preload|tools)/.*\.[ch]$' |
    while read -r f; do
      gcc -fpreprocessed -dD -E -P "$f" 2>/dev/null |
        grep -qE '\b(mmap|munmap|mremap|madvise|mprotect)(64)?[[:space:]]*\(' && echo "$f"
    done | sort) >"$BATS_TEST_TMPDIR/calling"
  diff "$BATS_TEST_TMPDIR/listed" "$BATS_TEST_TMPDIR/calling"
}

# "caller callee" for each call from one file to another in the objects of a folder's library, without suffixes.
calls() {
  library=$WEIR_BUILDDIR/.libs/lib$1.a
  [ -e "$library" ] || library=$WEIR_BUILDDIR/lib$1.a
  [ -e "$library" ] || skip "no lib$1.a in this build"
  nm "$library" | awk '
    /:$/ { file = $1; sub(/\.l?o:$/, "", file) }
    NF == 3 && $2 == "T" { home[$3] = file }
    NF == 2 && $1 == "U" { n++; caller[n] = file; symbol[n] = $2 }
    END {
      for (i = 1; i <= n; i++)
        if (symbol[i] in home && home[symbol[i]] != caller[i])
          print caller[i], home[symbol[i]]
    }' | sort -u
}

# "file layer" for each row of the table.
layers() {
  marked doc/HACKING.md "layers of $1" | grep '`' | tr -d '`,' |
    awk -F'|' '{ n++; k = split($3, files, " "); for (i = 1; i <= k; i++) print files[i], n }'
}

@test "calls between the files of pool go one way down, by the layers of doc/HACKING.md" {
  cd "$BATS_TEST_TMPDIR"
  calls pool >calls
  [ "$(wc -l <calls)" -ge 20 ]
  layers pool | sort >layers
  diff <(cut -d ' ' -f 1 layers) <(cd "$WEIR_SRCDIR/pool" && basename -s .c -- *.c | sort)
  awk 'NR == FNR { layer[$1] = $2; next } layer[$1] < layer[$2] { print $1 " calls up into " $2 }' layers calls | no_lines
  tsort calls >/dev/null
}
