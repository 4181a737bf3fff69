/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target on every file of its corpus and speaks TAP, so that `make check` repeats
 * what fuzzing once found, with any compiler. The folder is the argument; without one it is
 * $WEIR_SRCDIR/fuzz/corpus/NAME for the program fuzz_NAME.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "fuzz/fuzz.h"

static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static const char *
default_folder(const char *program)
{
	static char folder[PATH_MAX];
	const char *base = strrchr(program, '/');
	const char *name = strstr(base != NULL ? base : program, "fuzz_");
	const char *source = getenv("WEIR_SRCDIR");

	snprintf(folder, sizeof(folder), "%s/fuzz/corpus/%s",
		 source != NULL ? source : ".", name != NULL ? name + 5 : program);
	return folder;
}

/* Returns 0 or -errno. The copy is as large as the file, so that ASan sees an overrun. */
static int
replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	int err = 0;
	long size;

	if (file == NULL)
		return -errno;
	if (fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
		err = -errno;
		goto out;
	}
	rewind(file);
	data = malloc((size_t)size);
	if (size > 0 && (data == NULL || fread(data, (size_t)size, 1, file) != 1)) {
		err = -EIO;
		goto out;
	}
	LLVMFuzzerTestOneInput(data, (size_t)size);
out:
	free(data);
	fclose(file);
	return err;
}

int
main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : default_folder(argv[0]);
	struct dirent **names;
	int n = scandir(folder, &names, is_visible, alphasort);
	int failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (n <= 0) {
		printf("1..1\nnot ok 1 - %s: %s\n", folder,
		       n < 0 ? strerror(errno) : "the corpus is empty");
		return 1;
	}
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		char path[PATH_MAX + NAME_MAX + 2];
		int err;

		/* Said before the run: a target that fails takes us with it. */
		printf("# %s\n", names[i]->d_name);
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
		err = replay(path);
		if (err != 0) {
			printf("# cannot read %s: %s\n", path, strerror(-err));
			failed = 1;
		}
		printf("%s %d - %s\n", err != 0 ? "not ok" : "ok", i + 1,
		       names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return failed;
}
