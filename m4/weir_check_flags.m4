# SPDX-License-Identifier: Apache-2.0
# WEIR_CHECK_FLAGS(VARIABLE, FLAGS): appends to VARIABLE each flag that the compiler takes.
AC_DEFUN([WEIR_CHECK_FLAGS], [
weir_save_CFLAGS=$CFLAGS
for weir_flag in $2; do
	AC_MSG_CHECKING([whether $CC takes $weir_flag])
	CFLAGS="$weir_save_CFLAGS -Werror $weir_flag"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
		[AC_MSG_RESULT([yes]); $1="$$1 $weir_flag"],
		[AC_MSG_RESULT([no])])
done
CFLAGS=$weir_save_CFLAGS
])
