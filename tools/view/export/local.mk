# SPDX-License-Identifier: Apache-2.0
libtools_a_SOURCES += \
	%D%/export.h %D%/export_amounts.c %D%/export_folded.c %D%/export_gzip.c %D%/export_gzip.h \
	%D%/export_heapprofile.c %D%/export_openmetrics.c %D%/export_pprof.c %D%/export_protobuf.c \
	%D%/export_protobuf.h %D%/export_speedscope.c
