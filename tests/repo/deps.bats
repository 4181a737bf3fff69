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
