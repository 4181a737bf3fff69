# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += \
	%D%/encoders/hex.bun.js %D%/encoders/hex.node.js %D%/encoders/mail.c \
	%D%/encoders/weir_node.c \
	%D%/leak/server.js %D%/file-digest/app.js %D%/pictures/compare.js %D%/pictures/pictures.js
