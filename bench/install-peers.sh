#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the allocators that bench.js compares with; those that are not there are left out.
set -eu
cd "$(dirname "$0")/.."
. scripts/progress.sh
. scripts/packages.sh
need_packages libjemalloc2 libmimalloc2.0 libtcmalloc-minimal4
