/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The default folders: the rule of weir/stats.h, and what speaks against one that is there. The writer's half is
 * preload/sidecar/segment_name.c. Called by locate and by whoever says why there is no sidecar; only reads.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/read/locate.h"
#include "tools/text/show.h"

size_t
locate_folders(const struct locate_place *place, char folders[LOCATE_FOLDERS][PATH_MAX])
{
	static const struct {
		const char *variable, *below;
	} rule[] = {
		{"XDG_RUNTIME_DIR", "weir"},
		{"XDG_STATE_HOME", "weir"},
		{"HOME", ".local/state/weir"},
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(rule) / sizeof(rule[0]); i++) {
		const char *root = place->get(place->context, rule[i].variable);

		if (root == NULL || root[0] != '/')
			continue;
		if (snprintf(folders[n], PATH_MAX, "%s%s/%s", place->root, root,
			     rule[i].below) < PATH_MAX)
			n++;
	}
	const char *tmp = place->get(place->context, "TMPDIR");

	if (tmp == NULL || tmp[0] != '/')
		tmp = "/tmp";
	if (snprintf(folders[n], PATH_MAX, "%s%s/weir-%u", place->root, tmp,
		     (unsigned)place->named_uid) < PATH_MAX)
		n++;
	return n;
}

enum locate_folder
locate_folder_state(const char *folder, uid_t uid, uid_t *owner)
{
	int fd = container_open(AT_FDCWD, folder, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int rc = fd < 0 ? fd : fstat(fd, &st);

	if (fd >= 0)
		close(fd);
	if (rc != 0)
		return rc == -ENOENT || rc == -ENOTDIR ? LOCATE_FOLDER_MISSING
						       : LOCATE_FOLDER_CLOSED;
	if (owner != NULL)
		*owner = st.st_uid;
	if (!S_ISDIR(st.st_mode))
		return LOCATE_FOLDER_NO_FOLDER;
	if (st.st_uid != uid)
		return LOCATE_FOLDER_FOREIGN;
	return (st.st_mode & (S_IWGRP | S_IWOTH)) != 0 ? LOCATE_FOLDER_OPEN
						       : LOCATE_FOLDER_USED;
}

void
locate_folder_text(const struct locate_place *place, const char *folder, char *text,
		   size_t size)
{
	uid_t owner = 0;

	text[0] = '\0';
	switch (locate_folder_state(folder, place->uid, &owner)) {
	case LOCATE_FOLDER_FOREIGN:
		show_format(text, size, "belongs to user %u", (unsigned)owner);
		break;
	case LOCATE_FOLDER_OPEN:
		show_format(text, size, "may be written to by others");
		break;
	case LOCATE_FOLDER_NO_FOLDER:
		show_format(text, size, "is no folder");
		break;
	case LOCATE_FOLDER_CLOSED:
		show_format(text, size, "may not be looked into");
		break;
	case LOCATE_FOLDER_MISSING:
	case LOCATE_FOLDER_USED:
		break;
	}
}

bool
locate_folders_refused(const struct locate_place *place, char *why, size_t size)
{
	char folders[LOCATE_FOLDERS][PATH_MAX], what[LOCATE_FOLDER_TEXT];
	size_t n = locate_folders(place, folders);
	bool refused = false;

	for (size_t i = 0; i < n; i++) {
		if (locate_folder_state(folders[i], place->uid, NULL) ==
		    LOCATE_FOLDER_USED)
			return false;
		locate_folder_text(place, folders[i], what, sizeof(what));
		if (what[0] == '\0')
			continue;
		refused = true;
		show_format(why, size,
			    "%s %s, so weir writes nothing there: have it removed, or "
			    "set XDG_STATE_HOME, or the option stats, to a folder of "
			    "user %u's own",
			    folders[i], what, (unsigned)place->named_uid);
	}
	return refused;
}
