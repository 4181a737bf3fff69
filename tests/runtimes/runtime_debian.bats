#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The hosts that Debian packages do the same with weir as without it, at its defaults and when
# nearly everything is weir's; and doc/runtimes.md says what weir served in each.

load runtimes

hosts_alike() {
  host_start "$1" || skip "no $1 here"
  own_folders
  alike "${host[@]}"
  as_told "$1"
  own_folders
  WEIR_OPTIONS=floor=8K,threshold=64K alike "${host[@]}"
}

# served_more_than N: blocks, by the process of the last run that asked for most.
served_more_than() {
  query "map(.counters | .large_pool + .large_map) | max > $1"
}

@test "CPython" {
  hosts_alike cpython
  served_more_than 1000
}

@test "CPython with NumPy" {
  hosts_alike numpy
  served_more_than 500
}

@test "Ruby" {
  hosts_alike ruby
  served_more_than 1000
}

@test "Perl" {
  hosts_alike perl
  served_more_than 500
}

@test "PHP with its own allocator" {
  hosts_alike php
}

@test "PHP on malloc" {
  hosts_alike php_malloc
  served_more_than 500
}

@test "OpenJDK: direct buffers" {
  hosts_alike java
  served_more_than 300
}

@test "SQLite" {
  hosts_alike sqlite
  served_more_than 500
}

@test "Redis" {
  hosts_alike redis
  served_more_than 300
}
