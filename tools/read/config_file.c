/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/read/config_file.h"
#include "tools/text/tell.h"

#define BLANKS " \t\r"

/* To the next comma that ends an item; \ takes the next character along. */
static size_t
item_length(const char *p)
{
	size_t n = 0;

	while (p[n] != '\0' && p[n] != '\n' && p[n] != ',')
		n += p[n] == '\\' && p[n + 1] != '\0' && p[n + 1] != '\n' ? 2 : 1;
	return n;
}

static void
add_item(struct config *c, const char *at, size_t len, const char *source, unsigned line)
{
	struct config_item *items;

	while (len > 0 && strchr(BLANKS, *at) != NULL) {
		at++;
		len--;
	}
	while (len > 0 && strchr(BLANKS, at[len - 1]) != NULL)
		len--;
	if (len == 0)
		return;
	items = realloc(c->items, (c->n + 1) * sizeof(*items));
	if (items == NULL)
		tell_no_memory();
	c->items = items;
	c->items[c->n] = (struct config_item){strndup(at, len), source, line};
	if (c->items[c->n].text == NULL)
		tell_no_memory();
	c->n++;
}

void
config_add(struct config *c, const char *text, const char *source, unsigned line)
{
	while (*text != '\0') {
		const char *first = text + strspn(text, BLANKS);

		if (line != 0 && *first == '#') {
			text += strcspn(text, "\n");
		} else {
			size_t len = item_length(text);

			add_item(c, text, len, source, line);
			text += len;
		}
		if (*text == '\n' && line != 0)
			line++;
		text += *text != '\0';
	}
}

static const char *
unusable(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "it is no ordinary file";
	if ((st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & S_IWOTH) != 0)
		return "others may write it";
	if (st.st_size > CONFIG_FILE_MAX)
		return "it is longer than 64 KB";
	return NULL;
}

/* In a folder of another user, whose HOME is still set, nobody can tell. */
static bool
is_not_there(int error, const char *path)
{
	return error == ENOENT || error == ENOTDIR ||
	       (error == EACCES && faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) != 0);
}

const char *
config_read(struct config *c, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int error = errno;
	const char *why;
	size_t len = 0;
	ssize_t got = 0;
	char *text;

	if (fd < 0)
		return is_not_there(error, path) ? NULL : strerror(error);
	text = malloc(CONFIG_FILE_MAX + 1);
	if (text == NULL)
		tell_no_memory();
	why = unusable(fd);
	while (why == NULL && len < CONFIG_FILE_MAX &&
	       (got = read(fd, text + len, CONFIG_FILE_MAX - len)) > 0)
		len += (size_t)got;
	if (got < 0)
		why = strerror(errno);
	close(fd);
	text[len] = '\0';
	if (why == NULL && strlen(text) != len)
		why = "it holds a zero byte";
	if (why == NULL)
		config_add(c, text, path, 1);
	free(text);
	return why;
}

void
config_free(struct config *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->items[i].text);
	free(c->items);
	*c = (struct config){0};
}
