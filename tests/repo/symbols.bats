#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What the shim shows to the process it is loaded into, and what it takes from it.

load repo

setup() {
  shim=$WEIR_BUILDDIR/libweir_preload.so
  attached=$WEIR_BUILDDIR/libweir_attach.so
  [ -e "$shim" ] || skip "this build has no shim"
}

# Of the shim, and of the library that weir attach loads.
undefined() {
  nm -D --undefined-only "$shim" "$attached" | awk 'NF > 1 { sub(/@.*/, "", $NF); print $NF }'
}

@test "the shim exports the names of preload/symbols.def and the scratch functions, no other" {
  {
    grep -oE '^X\([a-z0-9_]+' "$WEIR_SRCDIR/preload/symbols.def" | cut -c3-
    grep -oE 'weir_scratch_[a-z]+\(' "$WEIR_SRCDIR/include/weir/scratch.h" | tr -d '('
  } | sort >"$BATS_TEST_TMPDIR/wanted"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/wanted")" -ge 10 ]
  nm -D --defined-only "$shim" | awk '{ sub(/@.*/, "", $3); print $3 }' | sort \
    >"$BATS_TEST_TMPDIR/exported"
  diff "$BATS_TEST_TMPDIR/wanted" "$BATS_TEST_TMPDIR/exported"
}

@test "the library that weir attach loads exports nothing" {
  nm -D --defined-only "$attached" | no_lines
}

@test "the shim uses no allocator, no stdio and no loader call that allocates" {
  [ "$(undefined | wc -l)" -ge 5 ]
  undefined | grep -xE '(__libc_)?(malloc|calloc|realloc|reallocarray|free|cfree|memalign|posix_memalign|aligned_alloc|valloc|pvalloc|malloc_usable_size)|_Zn.*|_Zd.*' | no_lines
  undefined | grep -xE '(__)?(v?[fsd]?n?printf|v?asprintf)(_chk)?|f?puts|f?putc|putchar|perror|f(d)?open(64)?|fwrite|fread|fgets|fflush|getline|opendir|strdup|strerror|std(in|out|err)' | no_lines
  undefined | grep -xE 'dladdr1?|backtrace(_symbols)?' | no_lines
}

# POSIX.1-2017, 2.9.5.2: those that shall be cancellation points, and of those that may be what weir would want.
@test "the shim uses no cancellation point: pool/sys.h has the calls instead" {
  undefined | grep -xE '(__)?(accept|aio_suspend|clock_nanosleep|close|connect|creat|fcntl|fdatasync|fsync|getmsg|getpmsg|lockf|mq_.*|msgrcv|msgsnd|msync|nanosleep|open|openat|pause|poll|ppoll|pread|preadv2?|pselect|pthread_cond_.*wait|pthread_join|pthread_testcancel|putmsg|putpmsg|pwrite|pwritev2?|read|readv|recv|recvfrom|recvmsg|select|sem_wait|sem_timedwait|send|sendmsg|sendto|sigpause|sigsuspend|sigtimedwait|sigwait|sigwaitinfo|sleep|system|tcdrain|usleep|wait|wait3|wait4|waitid|waitpid|write|writev)(64)?(_2|_chk)?' | no_lines
  undefined | grep -xE '(__)?(x?stat|fx?stat|lx?stat|fstatat|statx|access|faccessat|chdir|chmod|closedir|dup[23]?|epoll_wait|eventfd.*|fallocate|flock|ftruncate|futimens|getcwd|getdelim|getdents|gethostby.*|getlogin.*|getpw.*|getrandom|glob|ioctl|link|linkat|lseek|mkdir|mkdirat|mkstemp|open_memstream|opendir|posix_fadvise|posix_fallocate|posix_spawnp?|readdir(_r)?|readlink|readlinkat|realpath|rename|rmdir|splice|sendfile|symlink|sync_file_range|syslog|tmpfile|truncate|unlink|unlinkat|utime.*|pthread_rwlock_.*)(64)?(_chk)?' | no_lines
}

@test "only what dlopen calls, and look-ups without dlsym, walk the loader's list" {
  objects=$(find "$WEIR_BUILDDIR" -path '*/libweir_preload_so-*.o')
  [ -n "$objects" ]
  for object in $objects "$WEIR_BUILDDIR"/lib{trace,pool,policy}.a; do
    nm -u "$object" 2>/dev/null | grep -q dl_iterate_phdr && basename "$object"
  done | grep -vxE 'libweir_preload_so-(deepbind|dlopen|symbol_next)\.o' | no_lines
}

@test "the shim needs nothing but libc" {
  readelf -dW "$shim" "$attached" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p' |
    grep -vxE 'libc\.so\.6|ld-linux-[a-z0-9-]+\.so\.[0-9]' | no_lines
}

@test "the shim has at most 64 bytes of thread-local memory, all of it initial-exec" {
  for library in "$shim" "$attached"; do
    size=$(readelf -lW "$library" | awk '$1 == "TLS" { print $6 }')
    [ $((size)) -le 64 ]
  done
  readelf -rW "$shim" "$attached" | grep -E 'DTPMOD|DTPOFF|TLSDESC' | no_lines
  undefined | grep -x __tls_get_addr | no_lines
}
