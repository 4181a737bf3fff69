/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What /proc says of a container's processes, taken apart; and where a path below a root leads.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tools/read/container.h"
#include "tools/read/proc.h"

#define ROOT "/root"

TEST(its_own_pid_is_the_last)
{
	unsigned depth;

	CHECK_EQ(container_inner_pid("Name:\tx\nNSpid:\t4711\t12\t1\nVmPeak:\n", &depth),
		 1);
	CHECK_EQ(depth, 3);
	CHECK_EQ(container_inner_pid("Name:\tx\nNSpid:\t4711\n", &depth), 4711);
	CHECK_EQ(depth, 1);
	CHECK_EQ(container_inner_pid("Name:\tx\n", &depth), 0);
	CHECK_EQ(container_inner_pid("Name:\tx\nNSpid:\t99999999999\n", &depth), 0);
	CHECK_EQ(depth, 0);
	CHECK_EQ(container_inner_pid("Name:\tx\nNSpid:\t-3\n", &depth), 0);
}

TEST(users_are_mapped)
{
	const char *map = "         0       1000          1\n"
			  "         1     100000      65536\n";

	CHECK_EQ(container_map_user(map, 1000), 0);
	CHECK_EQ(container_map_user(map, 100000), 1);
	CHECK_EQ(container_map_user(map, 165535), 65536);
	CHECK_EQ(container_map_user(map, 165536), -1);
	CHECK_EQ(container_map_user(map, 0), -1);
	CHECK_EQ(container_map_user("0 0 4294967295\n", 65534), 65534);
	CHECK_EQ(container_map_user("", 0), -1);
	CHECK_EQ(container_map_user("no map", 0), -1);
}

TEST(roots_are_told_by_their_paths)
{
	CHECK_EQ(container_root_of("/proc/12" ROOT "/tmp/x"), strlen("/proc/12" ROOT));
	CHECK_EQ(container_root_of("/proc/12" ROOT), 0);
	CHECK_EQ(container_root_of("/proc/12" ROOT "x/y"), 0);
	CHECK_EQ(container_root_of("/proc/self" ROOT "/x"), 0);
	CHECK_EQ(container_root_of("/proc/12345678901" ROOT "/x"), 0);
	CHECK_EQ(container_root_of("/tmp/proc/12" ROOT "/x"), 0);
}

/* A process whose root is a folder: what an absolute link there means, it means there. */
TEST(no_link_leads_out)
{
	char folder[] = "/tmp/weir-container-XXXXXX", path[128], text[8] = "";
	int go[2], ready[2];
	char byte;

	if (geteuid() != 0)
		SKIP("only root may change its root");
	CHECK(mkdtemp(folder) != NULL && pipe(go) == 0 && pipe(ready) == 0);
	pid_t child = fork();
	if (child == 0) {
		bool ok = chdir(folder) == 0 && mkdir("etc", 0755) == 0 &&
			  symlink("/etc/passwd", "link") == 0 &&
			  symlink("/proc/1" ROOT, "magic") == 0 &&
			  symlink("../../../../etc/passwd", "up") == 0;
		int fd = open("etc/passwd", O_WRONLY | O_CREAT, 0600);

		ok = ok && write(fd, "inner", 5) == 5 && chroot(".") == 0;
		if (write(ready[1], "x", 1) != 1 || !ok)
			_exit(1);
		close(go[1]);
		_exit(read(go[0], &byte, 1) != 0);
	}
	CHECK(read(ready[0], &byte, 1) == 1);
	static const char *const names[] = {"link", "up", "etc/passwd"};
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "/proc/%d" ROOT "/%s", (int)child, names[i]);
		int fd = container_open(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);

		memset(text, 0, sizeof(text));
		if (fd == -ENOSYS)
			break;
		CHECK(fd >= 0 && read(fd, text, 5) == 5);
		CHECK(strcmp(text, "inner") == 0);
		close(fd);
	}
	snprintf(path, sizeof(path), "/proc/%d" ROOT "/magic/etc/passwd", (int)child);
	CHECK(container_open(AT_FDCWD, path, O_RDONLY | O_CLOEXEC) < 0);
	struct container c;
	container_of(child, 0, &c);
	snprintf(path, sizeof(path), "/proc/%d" ROOT, (int)child);
	CHECK(strcmp(c.root, path) == 0);
	CHECK_EQ(c.inner, child);
	container_of(getpid(), 0, &c);
	CHECK(c.root[0] == '\0');
	CHECK_EQ(c.inner, getpid());
	CHECK(!container_differs(child, "pid"));
	CHECK_EQ(container_find(getpid(), 1), 0);
	close(go[1]);
	snprintf(path, sizeof(path), "rm -r %s", folder);
	CHECK_EQ(system(path), 0);
}

#define TAP_TESTS                                                                        \
	T(its_own_pid_is_the_last)                                                       \
	T(users_are_mapped)                                                              \
	T(roots_are_told_by_their_paths)                                                 \
	T(no_link_leads_out)
TAP_MAIN()
