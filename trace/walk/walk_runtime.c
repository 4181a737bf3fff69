/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runs here and how well its frames can be read: one look at the executable's symbols, and at its libraries'.
 */
#include "trace/walk/walk.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "trace/ground/executable.h"
#include "trace/native/code.h"
#include "trace/runtimes/python.h"
#include "trace/runtimes/python_gc.h"
#include "trace/runtimes/runtime_entry.h"
#include "trace/runtimes/v8.h"
#include "trace/runtimes/v8_gc.h"
#include "trace/runtimes/v8_isolates.h"
#include "trace/walk/walk_private.h"

/*
 * One thread looks, others go on without. What it found is written before the flags that say so, which are read with
 * acquire: whoever sees reads_v8 has the layout, whoever sees LOOKED all of it.
 */
enum look { NOT_YET, LOOKING, LOOKED };
static _Atomic int look;
static _Atomic bool reads_v8;

#define NO_LENGTHS                                                                       \
	"this V8 does not tell how long its bytecodes are: lines in its baseline code "  \
	"are those of the definition, unless node runs with --no-sparkplug; a newer "    \
	"weir may know this version"

static struct v8_layout layout;
static struct checked memory; /* under the trace's lock */
static struct v8_lengths lengths;
static const struct v8_reader reader = {&layout, &lengths, &memory};
static struct weir_symtab symbols;

static _Atomic bool reads_python;
static char version[32];
static const char *name = "";
static const char *_Atomic reason = "";
static _Atomic enum weir_trace_tier tier = WEIR_TIER_NATIVE;

static uintptr_t
function_named(const char *symbol)
{
	uintptr_t start;
	size_t bytes;

	return weir_symtab_find(&symbols, symbol, &start, &bytes) == 0 ? start : 0;
}

/* Where V8 says that its builtins are in their file; copies of them, the maps show. */
static struct code_span
builtins(void)
{
	if (!entry_stays())
		return (struct code_span){0, 0};
	void *isolate = isolates_named(&symbols);
	void (*range)(void *isolate, const void **start, size_t *bytes) =
		(void (*)(void *, const void **, size_t *))function_named(
			"_ZN2v87Isolate20GetEmbeddedCodeRangeEPPKvPm");
	const void *start = NULL;
	size_t bytes = 0;

	/* Before the first isolate there is nothing to ask. */
	if (isolate == NULL || range == NULL)
		return (struct code_span){0, 0};
	range(isolate, &start, &bytes);
	return (struct code_span){(uintptr_t)start, (uintptr_t)start + bytes};
}

static char *
put_number(char *to, int n)
{
	if (n >= 10)
		to = put_number(to, n / 10);
	*to++ = (char)('0' + n % 10);
	*to = '\0';
	return to;
}

static void
write_version(const char *what, int major, int minor)
{
	char *to = put_number(stpcpy(version, what), major);

	*to++ = '.';
	put_number(to, minor);
}

static bool knows_modules;

/* The maps are read once all is known, unless a library must be found in them. */
static const struct code_module *
library_named(const char *prefix)
{
	if (!knows_modules)
		code_refresh();
	knows_modules = true;
	return code_module_named(prefix);
}

/*
 * Finds something by the symbols of the executable, or of a library of that name. `called`: what of it
 * is called later.
 */
static int
look_in(const char *library, const char *called, int (*find)(const struct weir_symtab *t))
{
	const struct code_module *m;
	int rc = weir_symtab_of_executable(&symbols) == 0 ? find(&symbols) : -ENOENT;

	if (rc != -ENOENT)
		return rc;
	m = library_named(library);
	if (m == NULL || m->header == 0 || weir_symtab_of_image(&symbols, m->header) != 0)
		return -ENOENT;
	rc = find(&symbols);
	if (rc == 0 && !weir_symtab_needed(library))
		entry_note(function_named(called));
	return rc;
}

static int
find_v8(const struct weir_symtab *t)
{
	const char *why = reason;
	int rc = v8_layout_read(&layout, t, &why);

	reason = why;
	return rc;
}

static int
find_python(const struct weir_symtab *t)
{
	uint32_t hex = 0;
	int rc = python_init(t, &hex);

	if (rc == 0)
		python_gc_init(t, hex);
	if (hex != 0)
		write_version("CPython ", (int)(hex >> 8), (int)(hex & 0xff));
	return rc;
}

static void
look_at_v8(void)
{
	uintptr_t start;
	size_t bytes;

	write_version("V8 ", layout.major, layout.minor);
	/* A program that has Node in it may be called anything, bundle-server too. */
	if (weir_symtab_find(&symbols, "_ZN4node5StartEiPPc", &start, &bytes) == 0)
		name = "node";
	else if (name[0] == '\0')
		name = "v8";
	code_ask_for_builtins(builtins);
	v8_lengths_read(&lengths, &layout, &symbols);
	v8_gc_init(&symbols);
	walk_waiting_init(&layout, &symbols);
	tier = lengths.n != 0 ? WEIR_TIER_V8 : WEIR_TIER_V8_PARTLY;
	reason = lengths.n != 0 ? "" : NO_LENGTHS;
	atomic_store(&reads_v8, true);
}

static const char *
why_native(int python, const char *why)
{
	if (python == -ENOTSUP)
		return "this version of CPython is not known";
	if (strcmp(name, "bun") == 0)
		return "Bun's JavaScript engine tells nobody what its frames are";
	if (strcmp(name, "deno") == 0)
		return "Deno does not export the constants of its V8";
	return strcmp(name, "node") == 0 ? why : "no runtime whose frames are known";
}

static void
look_at_all(void)
{
	const char *why;
	int rc;

	if (checked_of_self(&memory) != 0) {
		reason = "the system forbids process_vm_readv on oneself";
		return;
	}
	if (look_in("libnode.so", V8_CURRENT, find_v8) == 0) {
		look_at_v8();
		return;
	}
	why = reason;
	rc = look_in("libpython3", "PyGILState_GetThisThreadState", find_python);
	if (rc == 0) {
		tier = WEIR_TIER_PYTHON;
		name = "python";
		reason = "";
		atomic_store(&reads_python, true);
		return;
	}
	reason = why_native(rc, why);
}

bool
walk_has_looked(void)
{
	return atomic_load_explicit(&look, memory_order_relaxed) != NOT_YET;
}

bool
walk_look(void)
{
	int seen = NOT_YET;

	if (atomic_load_explicit(&look, memory_order_acquire) != NOT_YET ||
	    !atomic_compare_exchange_strong(&look, &seen, LOOKING))
		return false;
	name = executable_runtime();
	look_at_all();
	if (atomic_load(&reads_v8) || !knows_modules)
		code_refresh();
	atomic_store_explicit(&look, LOOKED, memory_order_release);
	return true;
}

bool
walk_meets_isolate(void)
{
	bool looked = walk_look();

	if (!v8_gc_is_found() || !isolates_is_new(isolates_current()))
		return false;
	/*
	 * Its code, and its own copy of the builtins, may lie where an ended one's lay: by the maps of before, an
	 * interpreted frame would pass for code, and whoever runs there for one and the same function.
	 */
	if (looked || code_refresh_now())
		isolates_are_mapped();
	return true;
}

bool
walk_reads_python(void)
{
	return atomic_load_explicit(&reads_python, memory_order_acquire);
}

struct checked *
walk_memory(void)
{
	return &memory;
}

bool
walk_reads_v8(void)
{
	return atomic_load_explicit(&reads_v8, memory_order_acquire);
}

const struct v8_reader *
walk_v8(void)
{
	return &reader;
}

void
walk_lower(enum weir_trace_tier to, const char *why)
{
	reason = why;
	tier = to;
	if (to == WEIR_TIER_NATIVE)
		atomic_store(&reads_v8, false);
}

void
walk_runtime(struct walk_runtime *r)
{
	walk_look();
	/* Another thread is at it: its words are half written. */
	if (atomic_load_explicit(&look, memory_order_acquire) != LOOKED)
		*r = (struct walk_runtime){WEIR_TIER_NATIVE, "", "", ""};
	else
		*r = (struct walk_runtime){tier, name, version, reason};
}
