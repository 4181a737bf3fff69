/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts that `weir run` hands to a program, and the small parsers of what the system says:
 * names of sidecars, /proc, control groups, first lines of scripts.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "tools/host/launch.h"
#include "tools/host/target.h"
#include "tools/read/locate.h"
#include "tools/read/memory_limit.h"
#include "tools/read/proc.h"

#define SHIM "/opt/weir/libweir_preload.so"

/* Compares and frees. */
#define CHECK_TEXT(call, want)                                                           \
	do {                                                                             \
		char *text = (call);                                                     \
		CHECK_STR(text, want);                                                   \
		free(text);                                                              \
	} while (0)

TEST(preload_appends_once)
{
	CHECK_TEXT(launch_preload(NULL, SHIM), SHIM);
	CHECK_TEXT(launch_preload("", SHIM), SHIM);
	CHECK_TEXT(launch_preload(" : ", SHIM), SHIM);
	CHECK_TEXT(launch_preload("/a.so", SHIM), "/a.so:" SHIM);
	CHECK_TEXT(launch_preload("/a.so b.so", SHIM), "/a.so b.so:" SHIM);
	CHECK_TEXT(launch_preload("libjemalloc.so.2", SHIM), SHIM ":libjemalloc.so.2");
	CHECK_TEXT(launch_preload("/malloc/a.so:/x/libmimalloc.so.2 /b.so", SHIM),
		   "/malloc/a.so:" SHIM ":/x/libmimalloc.so.2 /b.so");
	CHECK_TEXT(launch_preload(SHIM, SHIM), SHIM);
	CHECK_TEXT(launch_preload("/a.so " SHIM ":/b.so", SHIM), "/a.so " SHIM ":/b.so");
	CHECK_TEXT(launch_preload("/other/libweir_preload.so", SHIM),
		   "/other/libweir_preload.so");
	/* Neither is the shim. */
	CHECK_TEXT(launch_preload("/libweir_preload.so.bak", SHIM),
		   "/libweir_preload.so.bak:" SHIM);
	CHECK_TEXT(launch_preload("/not-libweir_preload.so", SHIM),
		   "/not-libweir_preload.so:" SHIM);
}

TEST(preloaded_finds_the_part)
{
	char path[64];

	CHECK(!launch_preloaded(NULL, path, sizeof(path)));
	CHECK(launch_preloaded("::/a.so: " SHIM " ", path, sizeof(path)));
	CHECK_STR(path, SHIM);
	CHECK(launch_preloaded("libweir_preload.so", path, sizeof(path)));
	CHECK_STR(path, "libweir_preload.so");
}

TEST(an_allocator_in_front_is_found)
{
	char path[64];

	CHECK(launch_allocator_first("/a.so:/x/libjemalloc.so.2 " SHIM, path,
				     sizeof(path)));
	CHECK_STR(path, "/x/libjemalloc.so.2");
	CHECK(!launch_allocator_first(SHIM ":/x/libjemalloc.so.2", path, sizeof(path)));
	CHECK(!launch_allocator_first("/x/libjemalloc.so.2", path, sizeof(path)));
	CHECK(!launch_allocator_first(SHIM, path, sizeof(path)));
	CHECK(!launch_allocator_first(NULL, path, sizeof(path)));
}

TEST(options_append_and_escape)
{
	CHECK_TEXT(launch_options(NULL, "floor", "64K"), "floor=64K");
	CHECK_TEXT(launch_options("", "floor", "64K"), "floor=64K");
	CHECK_TEXT(launch_options("verbose", "floor", "64K"), "verbose,floor=64K");
	CHECK_TEXT(launch_options("a=1", "stats", "/x,y\\z"), "a=1,stats=/x\\,y\\\\z");
	CHECK_TEXT(launch_options(NULL, "only", ""), "only=");
}

TEST(stats_path_expands)
{
	char path[16];

	CHECK(locate_stats_path("/a/%p.w", 42, path, sizeof(path)));
	CHECK_STR(path, "/a/42.w");
	CHECK(locate_stats_path("%%p%x%", 42, path, sizeof(path)));
	CHECK_STR(path, "%p%x%");
	CHECK(!locate_stats_path("auto", 42, path, sizeof(path)));
	CHECK(!locate_stats_path("off", 42, path, sizeof(path)));
	CHECK(!locate_stats_path("", 42, path, sizeof(path)));
	CHECK(locate_stats_path("123456789012345", 42, path, sizeof(path)));
	CHECK(!locate_stats_path("1234567890123456", 42, path, sizeof(path)));
	CHECK(!locate_stats_path("12345678901234%p", 42, path, sizeof(path)));
}

TEST(sidecar_names)
{
	static const struct {
		const char *name;
		int ok;
		int64_t pid, start, n;
	} cases[] = {
		{"12-345.weir", 1, 12, 345, 0},
		{"12-345.3.weir", 1, 12, 345, 3},
		{"2147483647-1.16.weir", 1, 2147483647, 1, 16},
		{"2147483648-1.weir", 0, 0, 0, 0},
		{"12-345.17.weir", 0, 0, 0, 0}, /* beyond WEIR_STATS_MAX_EXECS */
		{"12-345..weir", 0, 0, 0, 0},
		{"12-345.weir.bak", 0, 0, 0, 0},
		{"-1-345.weir", 0, 0, 0, 0},
		{"12-99999999999999999999.weir", 0, 0, 0, 0},
		{"12.weir", 0, 0, 0, 0},
		{".weir", 0, 0, 0, 0},
		{"", 0, 0, 0, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t start;
		unsigned n;
		pid_t pid;
		bool ok = locate_parse_name(cases[i].name, &pid, &start, &n);

		CHECK_EQ(ok, cases[i].ok);
		if (!ok)
			continue;
		CHECK_EQ(pid, cases[i].pid);
		CHECK_EQ(start, cases[i].start);
		CHECK_EQ(n, cases[i].n);
	}
}

static const char *
get_variable(void *context, const char *name)
{
	const char *const *pairs = context;

	for (; pairs[0] != NULL; pairs += 2)
		if (strcmp(pairs[0], name) == 0)
			return pairs[1];
	return NULL;
}

TEST(default_folders)
{
	const char *all[] = {"XDG_RUNTIME_DIR",
			     "/run/u",
			     "XDG_STATE_HOME",
			     "/s",
			     "HOME",
			     "/h",
			     "TMPDIR",
			     "/t",
			     NULL,
			     NULL};
	const char *some[] = {"XDG_RUNTIME_DIR", "relative", "HOME", "/h",
			      "TMPDIR",		 "relative", NULL,   NULL};
	struct locate_place place = {get_variable, all, 100042, 42, ""};
	char folders[LOCATE_FOLDERS][PATH_MAX];

	REQUIRE(locate_folders(&place, folders) == 4);
	CHECK_STR(folders[0], "/run/u/weir");
	CHECK_STR(folders[1], "/s/weir");
	CHECK_STR(folders[2], "/h/.local/state/weir");
	CHECK_STR(folders[3], "/t/weir-42");
	place.context = some;
	REQUIRE(locate_folders(&place, folders) == 2);
	CHECK_STR(folders[0], "/h/.local/state/weir");
	CHECK_STR(folders[1], "/tmp/weir-42");
}

TEST(proc_stat_lines)
{
	struct proc_stat st;

	CHECK_EQ(proc_parse_stat(
			 "7 (a) b) (c) S 1 7 7 0 -1 4194560 1 0 0 0 1 2 3 4 20 0 1 0 "
			 "98765 1000 2 18446744073709551615\n",
			 &st),
		 0);
	CHECK(!st.ended);
	CHECK_EQ(st.start_ticks, 98765);
	CHECK_EQ(st.cpu_ticks, 3);
	CHECK_EQ(proc_parse_stat("7 (a) R 1 7 7 0 -1 4194564 1 0 0 0 1 2 3 4 20 0 1 0 9",
				 &st),
		 0);
	CHECK(st.ended);
	CHECK_EQ(proc_parse_stat("7 (a) Z 1 7 7 0 -1 4194560 1 0 0 0 1 2 3 4 20 0 1 0 9",
				 &st),
		 0);
	CHECK(st.ended);
	CHECK(proc_parse_stat("", &st) < 0);
	CHECK(proc_parse_stat("7 (a) S 1 2 3", &st) < 0);
	CHECK(proc_parse_stat("7 (a)", &st) < 0);
}

TEST(environments)
{
	static const char text[] = "A=1\0LD_PRELOAD_X=no\0LD_PRELOAD=/x.so\0CUT=abc";

	/* Without the end of the literal, the last one is not terminated. */
	CHECK_STR(proc_environ_get(text, sizeof(text) - 1, "LD_PRELOAD"), "/x.so");
	CHECK_STR(proc_environ_get(text, sizeof(text) - 1, "A"), "1");
	CHECK(proc_environ_get(text, sizeof(text) - 1, "CUT") == NULL);
	CHECK(proc_environ_get(text, sizeof(text) - 1, "LD_PRE") == NULL);
	CHECK(proc_environ_get(text, 0, "A") == NULL);
}

TEST(pids)
{
	pid_t pid;

	CHECK(proc_is_pid("123", &pid));
	CHECK_EQ(pid, 123);
	CHECK(proc_is_pid("99999999999999999999999", &pid));
	CHECK_EQ(pid, -1);
	CHECK(!proc_is_pid("12a", &pid));
	CHECK(!proc_is_pid("-1", &pid));
	CHECK(!proc_is_pid("", &pid));
}

TEST(control_groups)
{
	static const char v1[] =
		"9:name=systemd:/\n5:devices:/\n4:cpu,memory:/a:b/c\n0::/\n";
	static const char v2[] = "0::/user.slice/x\n";
	char path[64];

	CHECK(memory_limit_group(v1, 1, path, sizeof(path)));
	CHECK_STR(path, "/a:b/c");
	CHECK(memory_limit_group(v1, 2, path, sizeof(path)));
	CHECK_STR(path, "/");
	CHECK(memory_limit_group(v2, 2, path, sizeof(path)));
	CHECK_STR(path, "/user.slice/x");
	CHECK(!memory_limit_group(v2, 1, path, sizeof(path)));
	CHECK(!memory_limit_group("", 1, path, sizeof(path)));
	CHECK(!memory_limit_group("4\n5:memory\n", 1, path, sizeof(path)));
}

TEST(control_group_mounts)
{
	static const char text[] =
		"31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
		"32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
		"35 31 0:32 /docker/1 /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup "
		"rw,memory\n"
		"41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
	char point[64], root[64];

	CHECK(memory_limit_mount(text, 1, point, root, sizeof(point)));
	CHECK_STR(point, "/sys/fs/cgroup/memory");
	CHECK_STR(root, "/docker/1");
	CHECK(memory_limit_mount(text, 2, point, root, sizeof(point)));
	CHECK_STR(point, "/sys/fs/cgroup/unified");
	CHECK(!memory_limit_mount("1 2 3\n", 2, point, root, sizeof(point)));
}

static char tree[] = "/tmp/test_launch.XXXXXX";

static void
put(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", tree, name);
	f = fopen(path, "w");
	if (f != NULL) {
		fputs(text, f);
		fclose(f);
	}
}

/* A group `a` with `b` in it, where the mount shows `root` of the tree. */
static bool
walk(struct memory_limit *m, const char *root, const char *group, int version)
{
	char mounts[512], groups[128];

	snprintf(mounts, sizeof(mounts), "1 2 0:1 %s %s rw - cgroup%s x rw%s\n", root,
		 tree, version == 2 ? "2" : "", version == 2 ? "" : ",memory");
	snprintf(groups, sizeof(groups), "%s:%s\n", version == 2 ? "0:" : "4:memory",
		 group);
	return memory_limit_walk(m, groups, mounts, version);
}

TEST(the_tightest_limit_of_the_groups_above_counts)
{
	struct memory_limit m;
	char folder[256], command[300];

	REQUIRE(mkdtemp(tree) != NULL);
	snprintf(command, sizeof(command), "mkdir -p %s/a/b", tree);
	REQUIRE(system(command) == 0);
	put("a/b/memory.current", "100\n");
	put("a/b/memory.max", "max\n");
	CHECK(walk(&m, "/", "/a/b", 2));
	CHECK(m.found && !m.limited);
	CHECK_EQ(m.usage_bytes, 100);
	put("a/memory.max", "5000\n");
	put("a/memory.high", "3000\n");
	put("a/memory.current", "2000\n");
	put("a/b/memory.max", "4000\n");
	CHECK(walk(&m, "/", "/a/b", 2));
	CHECK(m.limited);
	CHECK_EQ(m.limit_bytes, 3000);
	CHECK_EQ(m.usage_bytes, 2000);
	snprintf(folder, sizeof(folder), "%s/a", tree);
	CHECK_STR(m.path, folder);
	/* In a container the mount's root is the group itself. */
	CHECK(walk(&m, "/docker/1", "/docker/1/a/b", 2));
	CHECK_EQ(m.limit_bytes, 3000);
	/* Version 1, whose "no limit" is a number. */
	CHECK(!walk(&m, "/", "/a/b", 1));
	put("a/b/memory.limit_in_bytes", "9223372036854771712\n");
	put("a/b/memory.usage_in_bytes", "7\n");
	CHECK(walk(&m, "/", "/a/b", 1));
	CHECK(!m.limited);
	put("a/memory.limit_in_bytes", "6000\n");
	CHECK(walk(&m, "/", "/a/b", 1));
	CHECK_EQ(m.limit_bytes, 6000);
	snprintf(command, sizeof(command), "rm -r %s", tree);
	CHECK_EQ(system(command), 0);
}

TEST(first_lines_of_scripts)
{
	static const struct {
		const char *line, *want;
		bool on_path;
	} cases[] = {
		{"/bin/sh", "/bin/sh", false},
		{" /bin/sh -e", "/bin/sh", false},
		{"/usr/bin/env node", "node", true},
		{"/usr/bin/env -S A=1 node --flag", "node", true},
		{"/usr/bin/env -S", NULL, false},
		{"  ", NULL, false},
		{"", NULL, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[64];
		bool on_path;
		bool ok = target_interpreter(cases[i].line, path, sizeof(path), &on_path);

		CHECK_EQ(ok, cases[i].want != NULL);
		if (!ok || cases[i].want == NULL)
			continue;
		CHECK_STR(path, cases[i].want);
		CHECK_EQ(on_path, cases[i].on_path);
	}
}

#define TAP_TESTS                                                                        \
	T(preload_appends_once)                                                          \
	T(preloaded_finds_the_part)                                                      \
	T(an_allocator_in_front_is_found)                                                \
	T(options_append_and_escape)                                                     \
	T(stats_path_expands)                                                            \
	T(sidecar_names)                                                                 \
	T(default_folders)                                                               \
	T(proc_stat_lines)                                                               \
	T(environments)                                                                  \
	T(pids)                                                                          \
	T(control_groups)                                                                \
	T(control_group_mounts)                                                          \
	T(the_tightest_limit_of_the_groups_above_counts)                                 \
	T(first_lines_of_scripts)
TAP_MAIN()
