/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asked when the process starts, when its sidecar is made and when it is first walked: not often.
 */
#include "trace/ground/executable.h"

#include <errno.h>
#include <string.h>
#include <sys/auxv.h>

#include "pool/sys.h"

void
executable_path(char *to, size_t size)
{
	int saved_errno = errno;
	ssize_t n = weir_sys_readlink("/proc/thread-self/exe", to, size - 1);
	const char *started = (const char *)getauxval(AT_EXECFN);

	if (n <= 0 && started != NULL) {
		n = (ssize_t)strnlen(started, size - 1);
		memcpy(to, started, (size_t)n);
	}
	to[n > 0 ? n : 0] = '\0';
	errno = saved_errno;
}

const char *
executable_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

const char *
executable_runtime(void)
{
	static const char *const known[] = {"node", "deno", "bun", "python"};
	char path[512];

	executable_path(path, sizeof(path));
	const char *file = executable_name(path);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strncmp(file, known[i], strlen(known[i])) == 0)
			return known[i];
	return "";
}
