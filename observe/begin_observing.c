/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The constructor and the destructor of the library that `weir attach` loads. The constructor runs within the
 * host's dlopen, on a thread that was on its way elsewhere: it reads its settings and starts a thread. Called by
 * nobody.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "observe/image.h"
#include "observe/watch.h"
#include "pool/pages.h"
#include "pool/sys.h"
#include "preload/ground/settings.h"

#define LIBRARY	     "libweir_attach.so"
#define OPTIONS_FILE "options"

static char text[OPTIONS_TEXT_MAX + 1];

struct look {
	const char *own_path;
	bool another; /* is in the process already: two commands came at once */
};

static bool
is_named_as_we_are(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && strcmp(slash + 1, LIBRARY) == 0;
}

static int
look_at(struct dl_phdr_info *info, size_t bytes, void *context)
{
	struct look *l = context;
	struct image image;

	(void)bytes;
	if (image_read(&image, info) && image_has(&image, (uintptr_t)text))
		l->own_path = info->dlpi_name;
	else
		l->another |= is_named_as_we_are(info->dlpi_name);
	return 0;
}

/* Beside the library. Who preloads it has none, and the environment. */
static const char *
options_text(const char *own)
{
	static char path[4096];
	const char *slash = strrchr(own, '/');
	if (slash == NULL ||
	    (size_t)(slash + 1 - own) > sizeof(path) - sizeof(OPTIONS_FILE))
		return secure_getenv("WEIR_OPTIONS");
	memcpy(path, own, (size_t)(slash + 1 - own));
	memcpy(path + (slash + 1 - own), OPTIONS_FILE, sizeof(OPTIONS_FILE));
	int fd = weir_sys_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
	if (fd < 0)
		return secure_getenv("WEIR_OPTIONS");
	ssize_t n = weir_sys_read(fd, text, sizeof(text) - 1);
	weir_sys_close(fd);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text;
}

__attribute__((constructor)) static void
begin(void)
{
	int saved_errno = errno;
	struct look l = {.own_path = ""};

	dl_iterate_phdr(look_at, &l);
	if (!getauxval(AT_SECURE) && !l.another) {
		settings_take(options_text(l.own_path));
		if (weir_config.enabled && getauxval(AT_PAGESZ) == weir_machine_page)
			watch_start();
	}
	errno = saved_errno;
}

__attribute__((destructor)) static void
end(void)
{
	int saved_errno = errno;

	watch_last_words();
	errno = saved_errno;
}
