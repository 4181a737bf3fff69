# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += \
	%D%/build.sh %D%/count-tests %D%/embed %D%/fetch-prometheus %D%/fetch-runtimes %D%/packages.sh %D%/runtimes.sh \
	%D%/runtime-table %D%/sidecar-tables %D%/stress
