# SPDX-License-Identifier: Apache-2.0
libtools_a_SOURCES += \
	%D%/guest.c %D%/guest.h %D%/launch.c %D%/launch.h \
	%D%/shim_link.c %D%/shim_link.h %D%/machine.c %D%/machine.h %D%/running.c \
	%D%/running.h %D%/target.c %D%/target.h \
	%D%/inspectable.c %D%/inspectable.h %D%/inspector.c %D%/inspector.h \
	%D%/inspector_workers.c %D%/inspector_workers.h \
	%D%/websocket.c %D%/websocket.h
