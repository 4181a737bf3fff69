# SPDX-License-Identifier: Apache-2.0
libtools_a_SOURCES += \
	%D%/attach_turn.c %D%/attach_turn.h %D%/attachable.c %D%/attachable.h %D%/attachable_rights.c %D%/attachable_rights.h %D%/call_frame.c %D%/call_frame.h \
	%D%/call_target.c %D%/call_target.h %D%/candidates.c %D%/candidates.h \
	%D%/filters.c %D%/filters.h %D%/inject.c %D%/inject.h %D%/attach_room.c %D%/attach_room.h \
	%D%/picture.c %D%/picture.h %D%/picture_room.c %D%/private_folder.c %D%/private_folder.h %D%/safe_point.c \
	%D%/safe_point.h %D%/safe_point_rank.c %D%/safe_return.c %D%/safe_return.h %D%/thread_stack.c %D%/thread_stack.h
