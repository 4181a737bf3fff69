/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sorted table finds what libdwfl's walk over all symbols finds: in this program, with symbols made
 * to be hard, in libraries and runtimes of this machine, and in the files of $SYMBOL_FILES.
 */
#include "config.h"
#include "tests/tap.h"

#ifdef HAVE_LIBDW
#include <stdlib.h>
#include <unistd.h>

#include "tools/names/symbol_table.h"

#define LOOKS 400 /* libdwfl takes 2 ms for each in node */

/* Aliases, one inside another, labels without a size, and a gap that nobody has a name for. */
__asm__(".text\n"
	".macro symbol name, size, bind\n"
	".type \\name, %function\n.size \\name, \\size\n\\bind \\name\n\\name:\n"
	".endm\n"
	".p2align 4\n"
	"symbol hard_outer 64 .globl\n"
	"symbol hard_outer_weak 64 .weak\n"
	"symbol hard_outer_shorter 32 .globl\n"
	"symbol hard_outer_local 16 .local\n"
	".skip 8\n"
	"symbol hard_inner_local 16 .local\n"
	".skip 8\n"
	"symbol hard_inner 16 .globl\n"
	".skip 48\n"
	"symbol hard_only_local 16 .local\n"
	"symbol hard_only_local_shorter 8 .local\n"
	".skip 24\n"
	"symbol hard_label 0 .globl\n"
	".skip 8\n"
	"symbol hard_label_local 0 .local\n"
	"symbol hard_label_global_too 0 .globl\n"
	"symbol hard_label_local_too 0 .local\n"
	".skip 8\n"
	"symbol hard_end 8 .globl\n"
	".skip 16\n");
extern const char hard_outer[], hard_end[];

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.section_address = dwfl_offline_section_address,
};

static int compared;

static const char *
text(const char *name)
{
	return name != NULL ? name : "(none)";
}

static bool
is_code(Dwfl_Module *m, GElf_Addr address)
{
	GElf_Addr bias;
	GElf_Shdr header;
	Elf_Scn *section = dwfl_module_address_section(m, &address, &bias);

	return section != NULL && gelf_getshdr(section, &header) != NULL &&
	       (header.sh_flags & SHF_EXECINSTR) != 0;
}

static void
compare_at(Dwfl_Module *m, const struct symbol_table *t, GElf_Addr address)
{
	const char *want, *got;

	if (!is_code(m, address))
		return;
	want = dwfl_module_addrname(m, address);
	got = symbol_table_find(t, address);
	if (strcmp(text(got), text(want)) != 0)
		printf("# at 0x%llx\n", (unsigned long long)address);
	CHECK_STR(text(got), text(want));
	compared++;
}

/* At a symbol's borders, in its middle and around it. */
static void
compare_around(Dwfl_Module *m, const struct symbol_table *t, int symbol)
{
	GElf_Sym sym;
	GElf_Addr start;

	if (dwfl_module_getsym_info(m, symbol, &sym, &start, NULL, NULL, NULL) == NULL)
		return;
	compare_at(m, t, start - 1);
	compare_at(m, t, start);
	compare_at(m, t, start + sym.st_size / 2);
	compare_at(m, t, start + sym.st_size - 1);
	compare_at(m, t, start + sym.st_size);
	compare_at(m, t, start + sym.st_size + 5);
}

static void
compare_all(Dwfl_Module *m, int looks)
{
	struct symbol_table *t = symbol_table_new(m);
	int n = dwfl_module_getsymtab(m), step = n / (looks / 6);
	GElf_Addr low, high;

	dwfl_module_info(m, NULL, &low, &high, NULL, NULL, NULL, NULL);
	for (int i = 1; i<n; i += step> 0 ? step : 1)
		compare_around(m, t, i);
	for (int i = 0; i <= 100; i++)
		compare_at(m, t, low + (high - low) / 100 * (GElf_Addr)i);
	symbol_table_free(t);
}

static Dwfl *
open_module(const char *path, Dwfl_Module **m)
{
	Dwfl *session = dwfl_begin(&callbacks);

	dwfl_report_begin(session);
	*m = dwfl_report_offline(session, path, path, -1);
	dwfl_report_end(session, NULL, NULL);
	return session;
}

TEST(symbols_that_are_hard)
{
	Dwfl_Module *m;
	Dwfl *session = open_module("/proc/self/exe", &m);
	struct symbol_table *t;
	GElf_Addr at = 0;
	GElf_Sym sym;

	REQUIRE(m != NULL);
	for (int i = 1; i < dwfl_module_getsymtab(m) && at == 0; i++) {
		GElf_Addr start;
		const char *name =
			dwfl_module_getsym_info(m, i, &sym, &start, NULL, NULL, NULL);

		if (name != NULL && strcmp(name, "hard_outer") == 0)
			at = start;
	}
	REQUIRE(at != 0);
	t = symbol_table_new(m);
	for (int i = -16; i < hard_end - hard_outer + 64; i++)
		compare_at(m, t, at + (GElf_Addr)(int64_t)i);
	CHECK_STR(text(symbol_table_find(t, at)), "hard_outer_shorter");
	CHECK_STR(text(symbol_table_find(t, at + 17)), "hard_inner");
	CHECK_STR(text(symbol_table_find(t, at + 0x5a)), "hard_label");
	CHECK(compared > 100);
	symbol_table_free(t);
	dwfl_end(session);
}

static void
compare_file(const char *path, int looks)
{
	Dwfl_Module *m;
	Dwfl *session = open_module(path, &m);

	printf("# %s\n", path);
	CHECK(m != NULL);
	if (m != NULL)
		compare_all(m, looks);
	dwfl_end(session);
}

TEST(programs_and_libraries_of_this_machine)
{
	static const char *const paths[] = {"/proc/self/exe", "/usr/bin/python3",
					    "/usr/bin/node"};
	char line[4096], path[4096], before[4096] = "";
	FILE *maps = fopen("/proc/self/maps", "re");

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (access(paths[i], R_OK) == 0)
			compare_file(paths[i], LOOKS);
	REQUIRE(maps != NULL);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%*s %*s %*s %*s %*s %4095s", path) != 1 ||
		    path[0] != '/' || strcmp(path, before) == 0)
			continue;
		strcpy(before, path);
		compare_file(path, LOOKS);
	}
	fclose(maps);
}

/* In SYMBOL_FILES, with colons between them. */
TEST(files_that_are_given)
{
	char *given = getenv("SYMBOL_FILES");

	if (given == NULL)
		SKIP("SYMBOL_FILES is not set");
	for (char *path = strtok(given, ":"); path != NULL; path = strtok(NULL, ":"))
		compare_file(path, 10 * LOOKS);
}

#define TAP_TESTS                                                                        \
	T(symbols_that_are_hard)                                                         \
	T(programs_and_libraries_of_this_machine)                                        \
	T(files_that_are_given)

#else

TEST(nothing)
{
	SKIP("built without libdw");
}

#define TAP_TESTS T(nothing)

#endif

TAP_MAIN()
