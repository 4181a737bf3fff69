#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# `weir doctor`: verdicts on programs of every sort, on processes, and on the machine.

load tools

setup() {
  own_environment
  harmless_shim
}

# program NAME [GCC-ARGUMENT...]: a dynamic program that calls malloc.
program() {
  local name=$1
  shift
  echo '#include <stdlib.h>
    #include <unistd.h>
    int main(void) { free(malloc(1 << 20)); return sleep(60) != 0; }' >"$name.c"
  gcc -o "$name" "$name.c" "$@"
}

verdict() {
  has $'\n'"verdict: $1"
}

@test "a dynamic program that imports malloc is fit" {
  program ./prog
  run -0 "$WEIR" doctor ./prog
  [[ $output =~ malloc\ +imported ]]
  verdict "weir will work in this program"
  run -0 "$WEIR" doctor -- ./prog --with --arguments
  verdict "weir will work in this program"
}

@test "a static program is not" {
  static_program ./prog
  run -1 "$WEIR" doctor ./prog
  [[ $output =~ loader\ +"none: statically linked" ]]
  verdict "weir would do nothing in this program: statically linked"
  gcc -static-pie -o pie prog.c 2>/dev/null || skip "no static-pie"
  run -1 "$WEIR" doctor ./pie
  verdict "weir would do nothing in this program: statically linked"
}

@test "a program for musl is not" {
  program ./prog -Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1
  run -1 "$WEIR" doctor ./prog
  verdict "weir would do nothing in this program: its loader is another C library's (/lib/ld-musl-x86_64.so.1)"
}

@test "a program whose loader is missing cannot start" {
  program ./prog -Wl,--dynamic-linker=/no/such/ld.so
  run -1 "$WEIR" doctor ./prog
  has "its loader /no/such/ld.so is not there"
}

@test "a program for another machine is not" {
  program ./prog
  printf '\xb7' | dd of=prog bs=1 seek=18 conv=notrunc status=none
  run "$WEIR" doctor ./prog
  if [ "$(uname -m)" = aarch64 ]; then
    skip "that is this machine"
  fi
  [ "$status" -eq 1 ]
  has "made for another machine (64 bits, ELF machine 183)"
}

@test "a program that runs with raised privileges is not" {
  [ "$(id -u)" -eq 0 ] || skip "only root can make one that counts for this user"
  cat >secure.c <<'C'
    #include <stdio.h>
    #include <stdlib.h>
    #include <sys/auxv.h>
    void *volatile block;
    int main(void) { block = malloc(1); printf("secure %lu\n", getauxval(AT_SECURE)); return 0; }
C
  gcc -o secure secure.c
  chown 65534 secure
  chmod u+s secure
  # The folders on the way must let another user through; and the kernel has the last word.
  [ "$(./secure)" = "secure 1" ] || skip "this file system ignores setuid"
  run -1 "$WEIR" doctor ./secure
  verdict "weir would do nothing in this program: it runs with raised privileges"
  chmod u-s,g+s secure
  chgrp 65534 secure
  chmod g+s secure
  [ "$(./secure)" = "secure 1" ]
  run -1 "$WEIR" doctor ./secure
  has "it runs with raised privileges"
  # For its own user the bits change nothing.
  chown 0:0 secure
  chmod ug+s secure
  [ "$(./secure)" = "secure 0" ]
  run -0 "$WEIR" doctor ./secure
  lacks "raised privileges"
}

@test "a program with a malloc of its own is not" {
  echo '#include <stddef.h>
    char heap[4096];
    void *malloc(size_t n) { (void)n; return heap; }
    int main(void) { return 0; }' >own.c
  gcc -fno-builtin -rdynamic -o own own.c
  run -1 "$WEIR" doctor ./own
  verdict "weir would do nothing in this program: it exports a malloc of its own"
}

@test "a program without any malloc, and no library that could, is not" {
  echo 'int main(void) { return 0; }' >none.c
  gcc -o none none.c
  run -1 "$WEIR" doctor ./none
  [[ $output =~ malloc\ +"not imported" ]]
  verdict "weir would do nothing in this program: it imports no malloc"
  # A library that is not the C library's own may do it for the program.
  echo '#include <stdlib.h>
    void *give(void) { return malloc(1); }' >give.c
  gcc -shared -fPIC -o libgive.so give.c
  echo 'void *give(void); int main(void) { return give() == 0; }' >uses.c
  gcc -o uses uses.c -L. -lgive
  run -0 "$WEIR" doctor ./uses
  verdict "nothing speaks against it, but: it imports no malloc itself; its libraries may"
  # Of one of the system's it is known.
  gcc -o needs none.c -Wl,--no-as-needed -lstdc++
  run -0 "$WEIR" doctor ./needs
  verdict "weir will work in this program"
}

@test "a program with V8's sandbox is not" {
  echo '#include <stdlib.h>
    unsigned long _ZN2v82V821GetSandboxSizeInBytesEv(void) { return 1; }
    int main(void) { return malloc(1) == 0; }' >v8.c
  gcc -rdynamic -o v8 v8.c
  run -1 "$WEIR" doctor ./v8
  verdict "weir would do nothing in this program: its V8 is built with the sandbox"
}

@test "a stripped section table leaves a doubt, not a verdict" {
  program ./prog
  # e_shoff, e_shnum and e_shstrndx of the header to zero.
  dd if=/dev/zero of=prog bs=1 seek=40 count=8 conv=notrunc status=none
  dd if=/dev/zero of=prog bs=1 seek=60 count=4 conv=notrunc status=none
  run -0 "$WEIR" doctor ./prog
  verdict "nothing speaks against it, but: its symbols cannot be read"
}

@test "a script is judged by its interpreter" {
  program ./prog
  printf '#!%s\n' "$PWD/prog" >script
  chmod +x script
  run -0 "$WEIR" doctor ./script
  has "a script, run by $PWD/prog"
  [[ $output =~ executable\ +$PWD/prog ]]
  static_program ./static
  printf '#! %s -x\n' "$PWD/static" >script
  run -1 "$WEIR" doctor ./script
  verdict "weir would do nothing in this program: statically linked"
  # Through env, with its own options and assignments, and through a second script.
  mkdir bin
  cp static bin/tool
  printf '#!/usr/bin/env -S A=1 tool --flag\n' >script
  PATH=$PWD/bin:$PATH run -1 "$WEIR" doctor ./script
  has "a script, run by $PWD/bin/tool"
  verdict "weir would do nothing in this program: statically linked"
  printf '#!%s\n' "$PWD/script" >second
  chmod +x second
  PATH=$PWD/bin:$PATH run -1 "$WEIR" doctor ./second
  verdict "weir would do nothing in this program: statically linked"
  run -1 "$WEIR" doctor ./script
  has 'a script for "tool", which is not on PATH'
  printf '#!%s\n' "$PWD/script" >script
  run -1 timeout 60 "$WEIR" doctor ./script
  has "not followed"
}

@test "a text file without a first line for it is the shell's" {
  echo 'echo hello' >text
  chmod +x text
  run -0 "$WEIR" doctor ./text
  has "a script, run by /bin/sh"
}

@test "damaged executables give a reason" {
  program ./prog
  for n in 20 63 70 200 500; do
    head -c "$n" prog >short
    chmod +x short
    run -1 timeout 60 "$WEIR" doctor ./short
    has "damaged ELF file"
  done
  # Offsets of the program headers, of the sections, and their counts.
  for at in 32 40 56 60; do
    cp prog bad
    printf '\xff\xff\xff\xff\xff\xff\xff\x7f' | dd of=bad bs=1 seek=$at conv=notrunc status=none
    run timeout 60 "$WEIR" doctor ./bad
    [ "$status" -le 1 ]
    has "verdict: "
  done
}

@test "what is not there gives 127, what cannot run 126" {
  run -127 "$WEIR" doctor no-such-program-here
  has "no-such-program-here: not found"
  echo text >plain
  run -126 "$WEIR" doctor ./plain
  run -2 "$WEIR" doctor --wrong
  has 'there is no option "--wrong"'
}

@test "options that leave the program out are told" {
  program ./prog
  WEIR_OPTIONS=only=node run -1 "$WEIR" doctor ./prog
  verdict 'weir would do nothing in this program: the option only=node leaves out this executable, "prog"'
  WEIR_OPTIONS=only=prog run -0 "$WEIR" doctor ./prog
  WEIR_OPTIONS=enabled=off run -1 "$WEIR" doctor ./prog
  verdict "weir would do nothing in this program: the option enabled=off is set"
}

@test "a missing shim is the verdict on everything" {
  program ./prog
  WEIR_PRELOAD=/nowhere.so run -1 "$WEIR" doctor ./prog
  has 'WEIR_PRELOAD names "/nowhere.so"'
  verdict "weir cannot work: its library is missing"
  WEIR_PRELOAD=/nowhere.so run -1 "$WEIR" doctor
  verdict "weir cannot work: its library is missing"
  run -0 "$WEIR" doctor
  verdict "weir is complete here"
}

@test "the machine's facts are listed" {
  run -0 "$WEIR" doctor
  for fact in kernel "page size" memory "cgroup limit" overcommit mappings "address space"; do
    has "  $fact  "
  done
  has "$(uname -r)"
}

@test "a limited address space is told" {
  ! grep -qa __asan_init "$WEIR" || skip "ASan needs more address space"
  # shellcheck disable=SC2016
  run -0 sh -c 'ulimit -v 4000000 && exec "$0" doctor' "$WEIR"
  [[ $output =~ "address space"\ +3.8\ GB ]]
}

@test "JSON says the same" {
  program ./prog
  run -0 "$WEIR" doctor --json ./prog
  is_json <<<"$output"
  has '"works": true'
  has '"verdict": "weir will work in this program"'
  run -1 "$WEIR" doctor --json $$
  is_json <<<"$output"
  has '"works": false'
}

# started_with NAME=VALUE...: a program that sleeps, in the background; its pid in $guest.
started_with() {
  program ./prog
  env "$@" ./prog 3>&- &
  guest=$!
  timeout 60 sh -c "until [ \"\$(readlink /proc/$guest/exe)\" = '$PWD/prog' ]; do sleep 0.05; done"
  [[ $* != *LD_PRELOAD* ]] ||
    timeout 60 sh -c "until grep -q libweir_preload /proc/$guest/maps; do sleep 0.05; done"
}

teardown() {
  [ -z "${guest:-}" ] || kill "$guest"
}

@test "a process without the shim: not at work, and why" {
  started_with A=1
  run -1 "$WEIR" doctor "$guest"
  has "$PWD/prog"
  verdict "not at work: its LD_PRELOAD does not name weir's library"
  run -1 "$WEIR" doctor --quiet "$guest"
  [ -z "$output" ]
}

@test "a process that has the shim but no large block yet" {
  started_with LD_PRELOAD="$WEIR_PRELOAD"
  run -1 "$WEIR" doctor "$guest"
  [[ $output =~ library\ +loaded ]]
  verdict "loaded, but it has no sidecar: its large blocks (128 KB or more) do not add up to 1 MB yet"
  sidecar_of "$guest" large_requests=3
  run -0 "$WEIR" doctor "$guest"
  verdict "loaded; no large block has been served yet"
}

@test "a process in which weir is at work" {
  started_with LD_PRELOAD="$WEIR_PRELOAD"
  sidecar_of "$guest"
  run -0 "$WEIR" doctor "$guest"
  [[ $output =~ "large blocks"\ +"127 served, 3 passed on" ]]
  [[ $output =~ "mappings"\ +[0-9]+" of " ]]
  verdict "weir is at work in this process"
  run -0 "$WEIR" doctor --quiet "$guest"
  [ -z "$output" ]
}

@test "of a process: which lines there are, and why no better ones" {
  started_with LD_PRELOAD="$WEIR_PRELOAD"
  local start trace make=$WEIR_BUILDDIR/tests/tools/make_trace
  start=$(start_ticks "$guest")
  trace=$FOLDER/$guest-$start.weir
  local of=(pid="$guest" start="$start" state=1 now=1)
  "$make" "$trace" "${of[@]}" tier=3 runtime=node
  run -0 "$WEIR" doctor "$guest"
  [[ $output =~ lines\ +"$("$WEIR" growth --json "$trace" | jq -r .trace.tier) of node" ]]
  tiers=$output
  "$make" "$trace" "${of[@]}" tier=0
  run -0 "$WEIR" doctor "$guest"
  [[ $output =~ lines\ +native ]]
  has "functions of machine code are named"
  [ "$tiers" != "$output" ]
  rm "$trace"
  sidecar_of "$guest"
  run -0 "$WEIR" doctor "$guest"
  [[ $output =~ lines\ +none ]]
}

@test "options of a process that keep weir from working are told" {
  started_with LD_PRELOAD="$WEIR_PRELOAD" WEIR_OPTIONS=only=node
  run -1 "$WEIR" doctor "$guest"
  has "the option only=node leaves out its executable $PWD/prog"
  kill "$guest"
  started_with LD_PRELOAD="$WEIR_PRELOAD" WEIR_OPTIONS=stats=off
  run -1 "$WEIR" doctor "$guest"
  has "the option stats=off is set"
}

@test "an allocator in front of the shim is told, at the start and after" {
  cp "$WEIR_PRELOAD" libtestmalloc.so
  started_with LD_PRELOAD="$PWD/libtestmalloc.so:$WEIR_PRELOAD"
  run -1 "$WEIR" doctor "$guest"
  verdict "loaded, but it has no sidecar: LD_PRELOAD names $PWD/libtestmalloc.so in front of weir's library"
  LD_PRELOAD="$PWD/libtestmalloc.so:$WEIR_PRELOAD" run -0 "$WEIR" run true
  has "weir will do nothing: LD_PRELOAD names $PWD/libtestmalloc.so in front of weir's library"
}

@test "a static process ignores LD_PRELOAD" {
  echo '#include <unistd.h>
    int main(void) { return sleep(60) != 0; }' >s.c
  gcc -static -o s s.c 2>/dev/null || skip "gcc cannot link statically"
  env LD_PRELOAD="$WEIR_PRELOAD" ./s 3>&- &
  guest=$!
  timeout 60 sh -c "until [ \"\$(readlink /proc/$guest/exe)\" = '$PWD/s' ]; do sleep 0.05; done"
  run -1 "$WEIR" doctor "$guest"
  has "LD_PRELOAD names $WEIR_PRELOAD, but statically linked"
}

@test "a process that runs with raised privileges ignores LD_PRELOAD" {
  [ "$(id -u)" -eq 0 ] || skip "only root can make one that counts for this user"
  program ./prog
  chown 65534 prog
  chmod u+s prog
  env LD_PRELOAD="$WEIR_PRELOAD" ./prog 3>&- &
  guest=$!
  timeout 60 sh -c "until [ \"\$(readlink /proc/$guest/exe)\" = '$PWD/prog' ]; do sleep 0.05; done"
  [ "$(awk '/^Uid:/ { print $3 }' /proc/$guest/status)" -eq 65534 ] || skip "this file system ignores setuid"
  run -1 "$WEIR" doctor "$guest"
  has "LD_PRELOAD names $WEIR_PRELOAD, but it runs with raised privileges"
}

@test "a preload that the loader could not find" {
  program ./prog
  env LD_PRELOAD="/nowhere/libweir_preload.so" ./prog 3>&- 2>/dev/null &
  guest=$!
  timeout 60 sh -c "until [ \"\$(readlink /proc/$guest/exe)\" = '$PWD/prog' ]; do sleep 0.05; done"
  run -1 "$WEIR" doctor "$guest"
  has "LD_PRELOAD names /nowhere/libweir_preload.so, which the loader did not load"
}

@test "no such process" {
  run -1 "$WEIR" doctor 999999999
  has "there is no process 999999999"
}
