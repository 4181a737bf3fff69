/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runs here and how well its frames can be read: one look at the executable's symbols, and a
 * self-test on the first stacks. A runtime whose frames turn out unreadable loses its tier.
 */
#include "trace/walk.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "trace/code.h"
#include "trace/executable.h"
#include "trace/python.h"
#include "trace/v8.h"
#include "trace/v8_async.h"
#include "trace/v8_gc.h"
#include "trace/v8_isolates.h"
#include "trace/walk_private.h"

#define V8_CURRENT "_ZN2v87Isolate13TryGetCurrentEv"

#define ATTEMPTS 16 /* stacks without one readable frame, before V8's tier is given up */

/*
 * One thread looks, others go on without. What it found is written before the flags that say so, which are read with
 * acquire: whoever sees reads_v8 has the layout, whoever sees LOOKED all of it.
 */
enum look { NOT_YET, LOOKING, LOOKED };
static _Atomic int look;
static _Atomic bool reads_v8;
static unsigned unreadable; /* under the trace's lock, as what follows */
static bool proven;
static enum { UNTRIED, FIT, WRONG } lines;
static unsigned n_fits, n_misfits;

#define NO_LENGTHS                                                                       \
	"this V8 does not tell how long its bytecodes are: lines in its baseline code "  \
	"are "                                                                           \
	"those of the definition, unless node runs with --no-sparkplug; a newer weir "   \
	"may "                                                                           \
	"know this version"
#define NO_FIT                                                                           \
	"self-test failed: bytecode is not where this version should have it, so that "  \
	"lines are those of the definition; a newer weir may know this version"

static struct v8_layout layout;
static struct v8_async async;
static struct checked memory; /* under the trace's lock */
static struct v8_lengths lengths;
static const struct v8_reader reader = {&layout, &lengths, &memory};
static struct weir_symtab symbols;

static _Atomic bool reads_python;
static char version[32];
static const char *name = "";
static const char *_Atomic reason = "";
static _Atomic enum weir_trace_tier tier = WEIR_TIER_NATIVE;

/* The first function that is called, of a library that may be unloaded. */
#define ENTRY_BYTES 16
static struct {
	uint64_t address; /* of a whole block, within a page; 0: it stays */
	uint8_t bytes[ENTRY_BYTES];
} entry;

bool
walk_runtime_stays(void)
{
	return entry.address == 0 || (checked_readable(entry.address) &&
				      checked_readable(entry.address + ENTRY_BYTES - 1) &&
				      memcmp((const void *)(uintptr_t)entry.address,
					     entry.bytes, ENTRY_BYTES) == 0);
}

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
	if (!walk_runtime_stays())
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

/* Names by the file that runs: what is not known is named by nothing. */
static const char *
name_of_executable(void)
{
	static const char *const known[] = {"node", "deno", "bun", "python"};
	char path[512];

	executable_path(path, sizeof(path));
	const char *file = executable_name(path);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strncmp(file, known[i], strlen(known[i])) == 0)
			return known[i];
	return "";
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
	if (rc == 0 && !weir_symtab_needed(library)) {
		entry.address = function_named(called) & -(uint64_t)ENTRY_BYTES;
		memcpy(entry.bytes, (const void *)(uintptr_t)entry.address, ENTRY_BYTES);
	}
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

	if (hex != 0)
		write_version("CPython ", (int)(hex >> 8), (int)(hex & 0xff));
	return rc;
}

static void
look_at_v8(void)
{
	write_version("V8 ", layout.major, layout.minor);
	if (name[0] == '\0')
		name = "v8";
	code_ask_for_builtins(builtins);
	v8_lengths_read(&lengths, &layout, &symbols);
	v8_gc_init(&symbols);
	v8_async_init(&async, &layout, &symbols);
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

static bool
look_for_v8(void)
{
	struct weir_symtab t;
	uintptr_t start;
	size_t bytes;
	const char *by_name = name_of_executable();

	return strcmp(by_name, "node") == 0 || strcmp(by_name, "deno") == 0 ||
	       (weir_symtab_of_executable(&t) == 0 &&
		weir_symtab_find(&t, V8_CURRENT, &start, &bytes) == 0);
}

bool
walk_has_v8(void)
{
	static _Atomic int known; /* 1: no V8, 2: V8 */
	int is = atomic_load_explicit(&known, memory_order_relaxed);

	if (is == 0) {
		int saved_errno = errno;
		is = look_for_v8() ? 2 : 1;
		errno = saved_errno;
		atomic_store_explicit(&known, is, memory_order_relaxed);
	}
	return is == 2;
}

/* No object is so large: older V8s wish a place for WebAssembly's memories as well, with all they may need. */
#define VAST_BYTES ((size_t)1 << 30)

bool
walk_is_heap_of_v8(const void *wish, size_t bytes, int flags)
{
	return wish != NULL && bytes < VAST_BYTES && (flags & MAP_FIXED) == 0 &&
	       walk_has_v8();
}

bool
walk_starting(void)
{
	struct weir_symtab t;
	uintptr_t start;
	size_t bytes;

	if (atomic_load_explicit(&look, memory_order_relaxed) != NOT_YET ||
	    weir_symtab_of_executable(&t) != 0 ||
	    weir_symtab_find(&t, "_ZN2v87Isolate9InContextEv", &start, &bytes) != 0)
		return false;
	void *isolate = isolates_named(&t);
	if (isolate == NULL || ((bool (*)(void *))start)(isolate))
		return false;
	v8_gc_starting(&t, isolate);
	return true;
}

bool
walk_look(void)
{
	int seen = NOT_YET;

	if (atomic_load_explicit(&look, memory_order_acquire) != NOT_YET ||
	    !atomic_compare_exchange_strong(&look, &seen, LOOKING))
		return false;
	name = name_of_executable();
	look_at_all();
	if (atomic_load(&reads_v8) || !knows_modules)
		code_refresh();
	atomic_store_explicit(&look, LOOKED, memory_order_release);
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

uint32_t
walk_waiting(struct v8_waiting *to)
{
	return v8_async_chain(&async, (uintptr_t)isolates_own_address(), to);
}

uint32_t
walk_callbacks(uint64_t object, struct v8_waiting *to)
{
	return v8_async_callbacks(&async, object, to);
}

uint64_t
walk_waiting_hash(enum walk_waits waits, uint64_t receiver)
{
	struct v8_waiting waiting[V8_MAX_ASYNC];
	uint32_t n = walk_waiting(waiting);
	uint64_t h = 0;

	if (n == 0 && waits == WALK_REQUEST)
		n = walk_callbacks(receiver, waiting);
	for (uint32_t i = 0; i < n; i++)
		h = (h ^ waiting[i].shared ^
		     (uint64_t)(uint32_t)waiting[i].offset << 48) *
			    0x9e3779b97f4a7c15 ^
		    h >> 29;
	return h;
}

bool
walk_lines_untried(void)
{
	return lines == UNTRIED;
}

bool
walk_lines_fit(void)
{
	return lines == FIT;
}

/* Few frames that are no calls may be among them. */
void
walk_lines_tried(unsigned fits, unsigned misfits)
{
	n_fits += fits;
	n_misfits += misfits;
	if (n_fits >= 2 && n_fits > 2 * n_misfits)
		lines = FIT;
	else if (n_misfits >= 3 && n_misfits >= n_fits)
		lines = WRONG;
	if (lines != WRONG)
		return;
	tier = WEIR_TIER_V8_PARTLY;
	reason = NO_FIT;
}

void
walk_judge(bool readable)
{
	proven |= readable;
	if (proven || ++unreadable < ATTEMPTS)
		return;
	reason = "self-test failed: V8's frames do not read as those of this version";
	tier = WEIR_TIER_NATIVE;
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
