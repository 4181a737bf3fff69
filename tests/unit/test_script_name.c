/* SPDX-License-Identifier: Apache-2.0 */
/* A process's name for a person: tools/read/script_name.h. And which word was meant: tools/text/nearest.h. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tools/read/program_path.h"
#include "tools/read/script_name.h"
#include "tools/text/nearest.h"

#define NAME(arguments) (script_name_of(arguments, sizeof(arguments), false, name), name)

TEST(the_script_of_an_interpreter)
{
	char name[SCRIPT_NAME_BYTES];

	CHECK_STR(NAME("/usr/bin/node\0server.js\0--token=secret"), "node server.js");
	CHECK_STR(NAME("node\0./dist/index.js"), "node dist/index.js");
	CHECK_STR(NAME("node\0/srv/app/dist/index.js"), "node dist/index.js");
	CHECK_STR(NAME("node\0/srv/app/node_modules/.bin/vite\0build"), "vite build");
	CHECK_STR(NAME("node\0/srv/app/node_modules/.bin/tsx\0watch\0main.ts"),
		  "tsx watch");
	CHECK_STR(NAME("node\0/usr/bin/npx\0tsx\0main.ts"), "npx tsx main.ts");
	CHECK_STR(NAME("node\0/usr/lib/node_modules/npm/bin/npm-cli.js\0start"),
		  "npm start");
	CHECK_STR(NAME("node\0--max-old-space-size=\0--enable-source-maps\0app.js"),
		  "node app.js");
	CHECK_STR(NAME("node\0--max-old-space-size=512\0-r\0ts-node/register\0app.ts"),
		  "node app.ts");
	CHECK_STR(NAME("node\0--import\0tsx\0app.ts"), "node app.ts");
	CHECK_STR(NAME("node\0/usr/bin/npm\0run\0--silent\0build"), "npm run build");
	CHECK_STR(NAME("deno\0run\0-A\0main.ts"), "deno run main.ts");
	CHECK_STR(NAME("deno\0run\0-A\0main.ts\0\0\0"), "deno run main.ts");
	CHECK_STR(NAME("python3\0-m\0http.server\08000"), "python3 -m http.server");
	CHECK_STR(NAME("java\0-jar\0app.jar"), "java -jar app.jar");
}

TEST(javascript_whatever_the_program_is_called)
{
	static const char exe[] = "/opt/node/exe\0--max-old-space-size=64\0server.js\0x";
	char name[SCRIPT_NAME_BYTES];

	script_name_of(exe, sizeof(exe), true, name);
	CHECK_STR(name, "exe server.js");
	script_name_of(exe, sizeof(exe), false, name);
	CHECK_STR(name, "exe");
	script_name_of("exe\0-r\0a.js\0b.js", 17, true, name);
	CHECK_STR(name, "exe b.js");
}

TEST(code_and_secrets_are_no_names)
{
	char name[SCRIPT_NAME_BYTES];

	CHECK_STR(NAME("node\0-e\0console.log(1)"), "node -e");
	CHECK_STR(NAME("php\0-r\0echo 1;"), "php -r");
	CHECK_STR(NAME("curl\0https://me:secret@host/"), "curl");
}

TEST(a_title_written_over_the_arguments)
{
	char name[SCRIPT_NAME_BYTES];

	CHECK_STR(NAME("npm run build   \0\0\0"), "npm run build");
	CHECK_STR(NAME("node /srv/app/server.js"), "node server.js");
	CHECK_STR(NAME("node /srv/app/dist/main.js"), "node dist/main.js");
	CHECK_STR(NAME("master /etc/a b"), "master /etc/a b");
	CHECK_STR(NAME("/opt/my app/node\0x.js"), "node x.js");
}

TEST(what_is_cut_or_empty)
{
	char name[SCRIPT_NAME_BYTES], many[300];

	script_name_of("node\0serv", 9, false, name); /* no zero behind it */
	CHECK_STR(name, "node");
	script_name_of("", 0, false, name);
	CHECK_STR(name, "");
	CHECK_STR(NAME(""), "");
	CHECK_STR(NAME("node\0"), "node");
	CHECK_STR(NAME("node\0-r"), "node");
	memset(many, 'x', sizeof(many));
	memcpy(many, "node", 5);
	many[sizeof(many) - 1] = '\0';
	script_name_of(many, sizeof(many), false, name);
	CHECK_EQ(strlen(name), SCRIPT_NAME_BYTES - 1);
}

TEST(without_arguments_the_file)
{
	static const struct sidecar s = {.header.exe = "/usr/bin/node"};
	char name[SCRIPT_NAME_BYTES];

	CHECK_STR(script_name(&s, name), "node");
}

TEST(a_program_of_two_names)
{
	char folder[] = "/tmp/program-path-XXXXXX", file[64], by_name[64], path[PATH_MAX],
	     real[PATH_MAX];
	struct weir_stats_header h = {0};

	CHECK(mkdtemp(folder) != NULL);
	snprintf(file, sizeof(file), "%s/check-rdb", folder);
	snprintf(by_name, sizeof(by_name), "%s/server", folder);
	CHECK(creat(file, 0700) >= 0);
	CHECK(symlink("check-rdb", by_name) == 0);
	CHECK(realpath(file, real) != NULL);
	snprintf(h.exe, sizeof(h.exe), "%.255s", real);
	strcpy(h.command, "server");
	CHECK_STR(program_path(&h, path), by_name);
	snprintf(h.command, sizeof(h.command), "%s *:6379", by_name);
	CHECK_STR(program_path(&h, path), by_name);
	/* Another file, none, and what is no name. */
	strcpy(h.command, "/bin/sh");
	CHECK_STR(program_path(&h, path), h.exe);
	strcpy(h.command, "nothing: at all");
	CHECK_STR(program_path(&h, path), h.exe);
	strcpy(h.command, "../server");
	CHECK_STR(program_path(&h, path), h.exe);
	h.command[0] = '\0';
	CHECK_STR(program_path(&h, path), h.exe);
	unlink(file);
	unlink(by_name);
	rmdir(folder);
}

TEST(distances)
{
	CHECK_EQ(nearest_distance("growth", "growth"), 0);
	CHECK_EQ(nearest_distance("groth", "growth"), 1);
	CHECK_EQ(nearest_distance("rnu", "run"), 2);
	CHECK_EQ(nearest_distance("", "run"), 3);
	CHECK(nearest_is_slip("stta", "stat"));
	CHECK(nearest_is_slip("rnu", "run"));
	CHECK(!nearest_is_slip("rua", "top"));
	CHECK(!nearest_is_slip("node", "growth"));
}

#define TAP_TESTS                                                                        \
	T(the_script_of_an_interpreter)                                                  \
	T(javascript_whatever_the_program_is_called)                                     \
	T(code_and_secrets_are_no_names)                                                 \
	T(a_title_written_over_the_arguments)                                            \
	T(what_is_cut_or_empty)                                                          \
	T(without_arguments_the_file)                                                    \
	T(a_program_of_two_names)                                                        \
	T(distances)
TAP_MAIN()
