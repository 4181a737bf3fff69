#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# One way down: what a folder may include, and who may map memory, as doc/HACKING.md has it.

load repo

# "includer included" for each #include, both from the top folder; <x.h> stays as it is.
includes() {
  (cd "$WEIR_SRCDIR" && sources_like '^(include|policy|pool|trace|encode|preload|observe|tools)/.*\.(c|h|def)$' |
    xargs grep -HoE '^[[:space:]]*#[[:space:]]*include[[:space:]]+["<][^">]+' |
    sed -E 's/:[^"<]*/ /; s/ "/ /; s/ <weir\// weir\//; s/ weir\// include\/weir\//')
}

# "folder column-2-words : column-3-words" for each row of the table; `X/*` is each folder in X.
table() {
  marked doc/HACKING.md folders | grep '^| `' | tr -d '`,' | tr -s ' ' | awk -F'|' '
    { row[NR] = $2 ":" $3 ":" $4; gsub(" ", "", $2); folder[NR] = $2 }
    END {
      for (i = 1; i <= NR; i++)
        if ((slash = index(folder[i], "/")) > 0)
          rooms[substr(folder[i], 1, slash) "*"] = rooms[substr(folder[i], 1, slash) "*"] " " folder[i]
      for (i = 1; i <= NR; i++) {
        for (all in rooms)
          while ((at = index(row[i], " " all)) > 0)
            row[i] = substr(row[i], 1, at - 1) rooms[all] substr(row[i], at + length(all) + 1)
        print row[i]
      }
    }'
}

breaches() {
  includes | awk -v table="$(table)" '
    BEGIN {
      n = split(table, rows, "\n")
      for (i = 1; i <= n; i++) {
        split(rows[i], cells, ":")
        gsub(" ", "", cells[1])
        ours[cells[1]] = cells[2]
        system_headers[cells[1]] = cells[3]
      }
    }
    function allowed(list, what,    words, k, j) {
      k = split(list, words, " ")
      for (j = 1; j <= k; j++)
        if (words[j] == "any" || what == words[j] || folder_of(what) == words[j])
          return 1
      return 0
    }
    function folder_of(file) {
      sub(/\/[^\/]*$/, "", file)
      return file
    }
    {
      home = folder_of($1)
      if (!(home in ours))
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

@test "the table of folders leads one way down" {
  table | awk -F: '{
    gsub(" ", "", $1)
    n = split($2, words, " ")
    for (i = 1; i <= n; i++) {
      sub(/\/[^\/]*\.h$/, "", words[i])
      if (words[i] != $1)
        print $1, words[i]
    }
  }' >"$BATS_TEST_TMPDIR/edges"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/edges")" -ge 40 ]
  tsort "$BATS_TEST_TMPDIR/edges" >/dev/null
}

# The functions of libc that take values and give one; and what a compiler calls on its own.
strings='(__(isoc23_)?)?(mem|str)[a-z]+(_chk)?|bcmp'
instrumented='__[a-z]+ti[34]|_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__(asan|ubsan|tsan|sanitizer|sancov|st(art|op)___sancov)_.*'

# What policy defines.
policy_symbols() {
  symbols_of policy | awk 'NF == 4 { print $4 }' | sort -u
}

@test "policy calls nothing but the string functions of libc" {
  policy_symbols >"$BATS_TEST_TMPDIR/own"
  [ -s "$BATS_TEST_TMPDIR/own" ] || skip "no libpolicy.a in this build"
  symbols_of policy | awk 'NF == 3 && $2 == "U" { print $3 }' | sort -u |
    grep -vxF -f "$BATS_TEST_TMPDIR/own" | grep -vxE "$strings|$instrumented" | no_lines
}

@test "only the files that doc/HACKING.md lists map memory" {
  marked doc/HACKING.md mappers | grep -oE '[a-z_/]+\.[ch]' | sort >"$BATS_TEST_TMPDIR/listed"
  [ -s "$BATS_TEST_TMPDIR/listed" ]
  (cd "$WEIR_SRCDIR" && sources_like '^(include|policy|pool|trace|encode|preload|observe|tools)/.*\.[ch]$' |
    while read -r f; do
      gcc -fpreprocessed -dD -E -P "$f" 2>/dev/null |
        grep -qE '\b(mmap|munmap|mremap|madvise|mprotect)(64)?[[:space:]]*\(' && echo "$f"
    done | sort) >"$BATS_TEST_TMPDIR/calling"
  diff "$BATS_TEST_TMPDIR/listed" "$BATS_TEST_TMPDIR/calling"
}

# The symbols of a folder's objects, each object's behind its name, in the way of nm.
symbols_of() {
  if [ "$1" = preload ]; then
    nm -A "$WEIR_BUILDDIR"/preload/{,*/}libweir_preload_so-*.o 2>/dev/null | sed 's/.*libweir_preload_so-//'
  else
    nm -A "$WEIR_BUILDDIR/lib$1.a" 2>/dev/null | sed 's/^[^:]*://' || nm -A "$WEIR_BUILDDIR/lib$1.a" | sed 's/^[^:]*://'
  fi | sed -E 's/^lib[a-z]+_a-//; s/\.l?o:/ /'
}

# "caller callee" for each call from one file of a folder to another, without suffixes. By these two names everybody calls
# the kernel; who stands there (preload/entries/by_number.c, filter.c) hands weir's own calls on.
calls() {
  symbols_of "$1" | awk '
    NF == 4 && $3 == "T" { home[$4] = $1 }
    NF == 3 && $2 == "U" && $3 !~ /^(syscall|prctl)$/ { n++; caller[n] = $1; symbol[n] = $3 }
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

# one_way_down FOLDER: by its layers, and in no circle.
one_way_down() {
  cd "$BATS_TEST_TMPDIR" || return
  calls "$1" >edges
  [ -s edges ] || skip "$1 is not built here"
  [ "$(wc -l <edges)" -ge 20 ]
  layers "$1" | sort >table
  diff <(cut -d ' ' -f 1 table) <(cd "$WEIR_SRCDIR/$1" && find . -name '*.c' -exec basename -s .c {} + | sort)
  awk 'NR == FNR { layer[$1] = $2; next } layer[$1] < layer[$2] { print $1 " calls up into " $2 }' table edges | no_lines
  tsort edges >/dev/null
}

@test "calls between the files of pool go one way down, by the layers of doc/HACKING.md" {
  one_way_down pool
}

@test "calls between the files of preload go one way down, by the layers of doc/HACKING.md" {
  one_way_down preload
}

@test "a layer of preload is a folder" {
  diff <(marked doc/HACKING.md "layers of preload" | awk -F'|' '/`/ && !/boot/ { gsub("[`,]", "", $3); n = split($3, files, " ")
      gsub(" ", "", $2); for (i = 1; i <= n; i++) print $2 "/" files[i] ".c" }' | sort) \
    <(cd "$WEIR_SRCDIR/preload" && printf '%s\n' */*.c | sort)
}

@test "calls between the rooms of trace go where the table of folders lets them include" {
  cd "$BATS_TEST_TMPDIR"
  calls trace >edges
  [ -s edges ] || skip "trace is not built here"
  [ "$(wc -l <edges)" -ge 100 ]
  (cd "$WEIR_SRCDIR" && printf '%s\n' trace/*/*.c) | sed -E 's|(.*)/([^/]*)\.c$|\2 \1|' >rooms
  calls_allowed
}

# By the files edges and rooms: a room calls what it may include.
calls_allowed() {
  table | awk -F: '{ gsub(" ", "", $1); n = split($2, words, " "); for (i = 1; i <= n; i++) print $1, words[i] }' >allowed
  awk 'FILENAME == "rooms" { room[$1] = $2; next }
    FILENAME == "allowed" { allowed[$1, $2] = 1; next }
    !((room[$1], room[$2]) in allowed) { print $1 " of " room[$1] " calls " $2 " of " room[$2] }' rooms allowed edges |
    no_lines
}

# "file folder" for each file of the command.
rooms() {
  echo report_assets tools/view/report
  sources_like '^tools/.*\.c$' | sed -E 's|(.*)/([^/]*)\.c$|\2 \1|'
}

# The rooms of the command, its symbols and, in $BATS_TEST_TMPDIR, both as files.
tools_built() {
  cd "$BATS_TEST_TMPDIR" || return
  rooms >rooms
  symbols_of tools >symbols
  [ -s symbols ] || skip "the command is not built here"
  [ "$(wc -l <symbols)" -ge 1000 ]
}

@test "calls between the rooms of tools go where the table of folders lets them include, and in no circle" {
  tools_built
  calls tools >edges
  [ "$(wc -l <edges)" -ge 200 ]
  calls_allowed
  tsort edges >/dev/null
}

@test "of the command, only tools/read, tools/names and the files that doc/HACKING.md lists open files" {
  tools_built
  marked doc/HACKING.md openers | grep -oE '[a-z_/]+\.c' | sort >listed
  [ -s listed ]
  awk 'NR == FNR { room[$1] = $2; next }
    NF == 3 && $3 ~ /^((f|fd|fre|p|dl|shm_)?open|creat|openat|opendir|fdopendir|mko?s?temps?|tmpfile|scandir|n?ftw|glob|memfd_create|process_vm_readv|ptrace)(64)?(_2)?$/ {
      print room[$1] "/" $1 ".c"
    }' rooms symbols | sort -u >opening
  [ "$(grep -cE '^tools/(read|names)/' opening)" -ge 5 ]
  grep -vE '^tools/(read|names)/' opening | diff listed -
}

# By objects: one that calls what is not pure is not, nor is one that calls that. A name is asked for by its frame,
# whatever names/ looks into for it; without memory the command ends.
@test "the models of tools are pure: no file, no clock, nothing printed, in what they call either" {
  tools_built
  policy_symbols >policy
  awk -v pure="^($strings|[cm]alloc|realloc(array)?|free|qsort(_r)?|(__)?v?snprintf(_chk)?|$instrumented)\$" '
    FILENAME == "rooms" { room[$1] = $2; next }
    FILENAME == "policy" { home[$1] = "policy"; next }
    NF == 4 && $3 ~ /[TDRB]/ { home[$4] = $1 }
    NF == 3 && $2 == "U" { n++; caller[n] = $1; symbol[n] = $3 }
    END {
      do {
        more = 0
        for (i = 1; i <= n; i++) {
          to = home[symbol[i]]
          if (caller[i] in why || symbol[i] == "tell_no_memory" || room[to] == "tools/names")
            continue
          if (to == "" ? symbol[i] !~ pure : to in why) {
            why[caller[i]] = symbol[i]
            more = 1
          }
        }
      } while (more)
      for (file in why)
        if (room[file] == "tools/model")
          print file " calls " why[file]
    }' rooms policy symbols | no_lines
}
