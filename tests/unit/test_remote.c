/* SPDX-License-Identifier: Apache-2.0 */
/* Which file systems are slow to write to, by the kernel's list of mounts: preload/machine/remote.h. */
#include "preload/machine/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/tap.h"

static char list[] = "/tmp/test_remote.XXXXXX";

static void
write_list(const char *text)
{
	static int fd = -1;

	if (fd < 0)
		fd = mkstemp(list);
	FILE *f = fopen(list, "w");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		exit(1);
}

static bool
on_way(const char *path)
{
	return remote_on_way(list, path);
}

TEST(a_file_system_is_known_by_its_type)
{
	write_list("22 28 0:21 / /sys rw,nosuid shared:7 - sysfs sysfs rw\n"
		   "28 1 254:0 / / rw,relatime - ext4 /dev/root rw\n"
		   "30 28 0:25 / /run rw shared:5 master:1 - tmpfs tmpfs rw\n"
		   "40 28 0:45 / /home rw,relatime shared:9 - nfs4 server:/home rw\n"
		   "41 28 0:46 / /a\\040b rw - fuse.sshfs me@there: rw\n"
		   "42 28 0:47 / /m rw - fuseblk /dev/sdb1 rw\n"
		   "43 28 0:48 / /o rw - fuse.fuse-overlayfs fuse-overlayfs rw\n"
		   "44 28 0:49 / /w rw - 9p drvfs rw\n"
		   "45 28 0:50 / /v rw - overlay overlay rw,lowerdir=/nfs - nfs x\n"
		   "46 28 0:251 / /x rw - fuse\n");
	CHECK(!on_way("/sys"));
	CHECK(!on_way("/run"));
	CHECK(on_way("/home"));
	CHECK(on_way("/a b"));
	CHECK(!on_way("/m"));
	CHECK(!on_way("/o"));
	CHECK(on_way("/w"));
	CHECK(!on_way("/v"));
	CHECK(on_way("/x"));
}

TEST(a_list_of_thousands_is_read_to_its_end_and_long_lines_are_passed_over)
{
	static char text[400000];
	size_t n = 0;

	for (int i = 0; i < 3000; i++)
		n += (size_t)sprintf(text + n,
				     "%d 28 0:%d / /mnt/%d rw - tmpfs tmpfs rw\n",
				     100 + i, 1000 + i, i);
	n += (size_t)sprintf(text + n,
			     "9 28 0:7 / /long rw - overlay overlay rw,lowerdir=");
	memset(text + n, 'x', 9000);
	n += 9000;
	sprintf(text + n, "\n10 28 0:8 / /home rw - ceph there:/ rw\n");
	write_list(text);
	CHECK(on_way("/home"));
	CHECK(!on_way("/long"));
	CHECK(!on_way("/mnt/2999"));
}

TEST(what_cannot_be_read_is_not_known)
{
	CHECK(!remote_on_way("/tmp/nowhere/mountinfo", "/home"));
	write_list("");
	CHECK(!on_way("/home"));
	unlink(list);
}

TEST(a_remote_folder_is_known_without_a_question_to_it)
{
	char link[64], other[64], path[160];

	write_list("28 1 254:0 / / rw,relatime - ext4 /dev/root rw\n"
		   "40 28 0:45 / /far rw,relatime shared:9 - nfs4 server:/far rw\n"
		   "41 28 0:46 /x /a\\040b\\134c rw - fuse.sshfs me@there: rw\n"
		   "42 28 0:47 / /local rw - fuseblk /dev/sdb1 rw\n"
		   "43 28 0:48 / /net rw - autofs systemd-1 rw\n"
		   "44 28 0:49 / /far/own rw - tmpfs tmpfs rw\n");
	CHECK(on_way("/far"));
	CHECK(on_way("/far/me/.local"));
	CHECK(on_way("//far/./me"));
	CHECK(on_way("/run/../far/me"));
	CHECK(on_way("/a b\\c/d"));
	CHECK(on_way("/net/host"));
	/* The way to it leads over the other one. */
	CHECK(on_way("/far/own"));
	CHECK(!on_way("/"));
	CHECK(!on_way("/fars"));
	CHECK(!on_way("/fa"));
	CHECK(!on_way("/run/far"));
	CHECK(on_way("/far/../run"));
	CHECK(!on_way("/local/me"));
	CHECK(!on_way(""));

	sprintf(link, "%s.link", list);
	sprintf(other, "%s.other", list);
	CHECK_EQ(symlink("/far/me", link), 0);
	CHECK(on_way(link));
	sprintf(path, "%s/.config", link);
	CHECK(on_way(path));
	CHECK_EQ(symlink(strrchr(link, '/') + 1, other), 0);
	CHECK(on_way(other));
	unlink(link);
	CHECK(!on_way(other));
	CHECK_EQ(symlink(strrchr(other, '/') + 1, link), 0);
	CHECK(!on_way(other)); /* round and round */
	unlink(link);
	CHECK_EQ(symlink("../../../../far/me", link), 0);
	CHECK(on_way(other));
	unlink(link);
	unlink(other);
}

TEST(a_machine_whose_root_is_remote_waits_for_it_anyhow)
{
	write_list("28 1 0:20 / / rw - nfs server:/ rw\n"
		   "40 28 0:45 / /run rw - tmpfs tmpfs rw\n");
	CHECK(!on_way("/far/me"));
	CHECK(!on_way("/run/user"));
}

TEST(paths_and_lists_without_end_are_no_harm)
{
	static char path[20000], text[60000];
	size_t n = 0;

	for (int i = 0; i < 500; i++)
		n += (size_t)sprintf(
			text + n,
			"%d 28 0:%d / /mnt/a-long-name-of-a-place-%d rw - nfs s rw\n", i,
			i, i);
	write_list(text);
	CHECK(on_way("/mnt/a-long-name-of-a-place-3"));
	memset(path, '/', sizeof(path) - 1);
	CHECK(!on_way(path));
	path[5000] = '\0';
	CHECK(!on_way(path));
	memset(path, 'a', 5000);
	path[0] = '/';
	CHECK(!on_way(path));
}

#define TAP_TESTS                                                                        \
	T(a_file_system_is_known_by_its_type)                                            \
	T(a_list_of_thousands_is_read_to_its_end_and_long_lines_are_passed_over)         \
	T(a_remote_folder_is_known_without_a_question_to_it)                             \
	T(a_machine_whose_root_is_remote_waits_for_it_anyhow)                            \
	T(paths_and_lists_without_end_are_no_harm)                                       \
	T(what_cannot_be_read_is_not_known)
TAP_MAIN()
