# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += \
	%D%/file-digest/app.js %D%/file-digest/compare.js
