/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking the frames. They lie close together on the thread's data stack, so that few reads get them
 * all; what they have of their code objects is read together.
 */
#include "trace/runtimes/python.h"

#include <errno.h>
#include <string.h>

#include "pool/lock.h"

#define FRAME_BYTES 72
#define CODE_START  64 /* bytes of a code object that tell it from others */
#define CODE_BYTES  80
#define OWNED_BY_C  3
#define NONE	    0xffff

static const struct python_layout known[] = {
	{0x030b, 56, 8, 32, 56, 48, 69, 68, 72, 112, 128, 136, 184, 48, 72},
	{0x030c, 56, 0, 0, 56, 8, 70, 0, 68, 112, 128, 136, 192, 40, 56},
	{0x030d, 72, NONE, 0, 56, 8, 70, 0, 68, 112, 128, 136, 200, 40, 56},
};

static struct {
	const struct python_layout *layout; /* written once */
	uint64_t loop, loop_end;
	uint64_t code_type, string_type, bytes_type;
	uint64_t (*state)(void);
} python;

static uint64_t
symbol(const struct weir_symtab *t, const char *name, size_t *bytes)
{
	uintptr_t start;

	return weir_symtab_find(t, name, &start, bytes) == 0 ? start : 0;
}

int
python_init(const struct weir_symtab *t, uint32_t *version)
{
	size_t bytes;
	uint64_t at = symbol(t, "Py_Version", &bytes);
	uint64_t state = symbol(t, "PyGILState_GetThisThreadState", &bytes);
	unsigned long hex;

	if (state == 0)
		return -ENOENT;
	if (at == 0)
		return -ENOTSUP; /* before 3.11 */
	memcpy(&hex, (const void *)(uintptr_t)at, sizeof(hex));
	*version = (uint32_t)(hex >> 16);
	memcpy(&python.state, &state, sizeof(python.state));
	python.code_type = symbol(t, "PyCode_Type", &bytes);
	python.string_type = symbol(t, "PyUnicode_Type", &bytes);
	python.bytes_type = symbol(t, "PyBytes_Type", &bytes);
	python.loop = symbol(t, "_PyEval_EvalFrameDefault", &bytes);
	python.loop_end = python.loop + bytes;
	if (python.code_type == 0 || python.string_type == 0 || python.bytes_type == 0 ||
	    python.loop == 0)
		return -ENOTSUP;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].version == *version)
			python.layout = &known[i];
	return python.layout != NULL ? 0 : -ENOTSUP;
}

bool
python_is_loop(uint64_t pc)
{
	return python.layout != NULL && pc > python.loop && pc <= python.loop_end;
}

static struct weir_lock room_lock;
static uint8_t room[PYTHON_ROOM]; /* under it */

void
python_begin(struct python_walk *w)
{
	const struct python_layout *l = python.layout;
	uint64_t state = python.state();
	bool alone = weir_trylock(&room_lock);

	w->bytes = alone ? room : w->small;
	w->room = alone ? PYTHON_ROOM : PYTHON_SMALL;
	w->next = w->start = w->end = 0;
	if (state == 0 || !checked_peek(state + l->state_frame, &w->next, 8))
		w->next = 0;
	if (w->next != 0 && l->cframe_frame != NONE &&
	    !checked_peek(w->next + l->cframe_frame, &w->next, 8))
		w->next = 0;
}

void
python_end(struct python_walk *w)
{
	if (w->bytes == room)
		weir_unlock(&room_lock);
}

void
python_after_fork(void)
{
	weir_lock_reset(&room_lock);
}

static const uint8_t *
frame_at(struct python_walk *w, uint64_t frame)
{
	uint64_t end = frame + FRAME_BYTES;

	if (frame >= w->start && end <= w->end)
		return w->bytes + (frame - w->start);
	/* Callers lie below; but the memory may begin with this very frame. */
	w->start = end - w->room;
	w->end = end;
	if (checked_peek(w->start, w->bytes, w->room))
		return w->bytes + (w->room - FRAME_BYTES);
	w->start = frame;
	if (checked_peek(frame, w->bytes, FRAME_BYTES))
		return w->bytes;
	w->end = 0;
	return NULL;
}

static uint64_t
word_at(const uint8_t *bytes, uint16_t offset)
{
	uint64_t word;

	memcpy(&word, bytes + offset, sizeof(word));
	return word;
}

void
python_identify(struct python_walk *w, const uint64_t *codes, size_t n,
		uint64_t *identities)
{
	const struct python_layout *l = python.layout;
	uint64_t addresses[PYTHON_AT_ONCE];
	size_t most = w->room / CODE_BYTES;

	w->start = w->end = 0;
	memset(identities, 0, n * sizeof(*identities));
	for (size_t i = 0; i < n; i++)
		addresses[i] = codes[i] + CODE_START;
	for (size_t i = 0; i < n; i += most) {
		size_t some = n - i < most ? n - i : most;
		size_t got = checked_peek_many(addresses + i, some, CODE_BYTES, w->bytes);

		for (size_t k = 0; k < got; k++) {
			const uint8_t *code = w->bytes + k * CODE_BYTES;

			identities[i + k] =
				word_at(code, l->code_name - CODE_START) ^
				word_at(code, l->code_lines - CODE_START) << 8 ^
				word_at(code, l->code_line - CODE_START) << 32;
		}
	}
}

bool
python_take(struct python_walk *w, struct python_frame *to, bool *more)
{
	const struct python_layout *l = python.layout;
	const uint8_t *frame;

	*more = false;
	if (w->next == 0 || w->next % 8 != 0)
		return false;
	frame = frame_at(w, w->next);
	if (frame == NULL) {
		w->next = 0;
		return false;
	}
	w->next = word_at(frame, l->frame_previous);
	if (l->frame_entry == 0 && frame[l->frame_owner] == OWNED_BY_C)
		return false;
	*to = (struct python_frame){word_at(frame, l->frame_code),
				    word_at(frame, l->frame_instruction), 0};
	*more = l->frame_entry == 0 || frame[l->frame_entry] == 0;
	return true;
}

/* Whether it is an object of that type, by the pointer that each object has second. */
static bool
is_a(struct checked *m, uint64_t object, uint64_t type)
{
	return object % 8 == 0 && checked_u64(m, object + 8) == type;
}

static bool
put(char *to, size_t *used, size_t max, uint32_t c)
{
	char bytes[4];

	if (c == 0 || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		c = '?';
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	if (*used + n >= max)
		return false;
	for (size_t i = n; i-- > 1; c >>= 6)
		bytes[i] = (char)(0x80 | (c & 0x3f));
	bytes[0] = (char)(n == 1 ? c : c | (0xf00u >> n & 0xf0));
	memcpy(to + *used, bytes, n);
	*used += n;
	return true;
}

#define STRING_LENGTH 16
#define STRING_STATE  32
#define STATE_COMPACT 0x20
#define STATE_ASCII   0x40

/* UTF-8 of a str. Only compact ones: names in code are. */
static void
text(struct checked *m, uint64_t string, char *to, size_t max)
{
	const struct python_layout *l = python.layout;
	uint64_t length = checked_u64(m, string + STRING_LENGTH);
	uint32_t state = checked_u32(m, string + STRING_STATE);
	unsigned width = state >> 2 & 7;
	uint64_t at = string + ((state & STATE_ASCII) != 0 ? l->ascii : l->compact);
	size_t used = 0;

	if (is_a(m, string, python.string_type) && (state & STATE_COMPACT) != 0 &&
	    (width == 1 || width == 2 || width == 4))
		for (uint64_t i = 0; i < length && i < max && !m->failed; i++) {
			uint32_t c = 0;

			checked_read(m, at + i * width, &c, width);
			if (!put(to, &used, max, c))
				break;
		}
	to[used] = '\0';
}

#define BYTES_LENGTH 16
#define BYTES_DATA   32

int
python_decode(struct checked *m, const struct python_frame *f, struct python_place *to)
{
	const struct python_layout *l = python.layout;

	memset(to, 0, sizeof(*to));
	if (l == NULL || !is_a(m, f->code, python.code_type) || m->failed)
		return -EFAULT;
	text(m, checked_u64(m, f->code + l->code_file), to->file, sizeof(to->file));
	text(m, checked_u64(m, f->code + l->code_name), to->function,
	     sizeof(to->function));
	to->definition_line = checked_u32(m, f->code + l->code_line);
	to->line = to->definition_line;
	uint64_t start = f->code + l->code_start;
	uint64_t table = checked_u64(m, f->code + l->code_lines);
	uint64_t bytes = checked_u64(m, table + BYTES_LENGTH);
	/* Before its first instruction a function is where it is defined. */
	if (is_a(m, table, python.bytes_type) && bytes < 1 << 24 &&
	    f->instruction >= start &&
	    !python_line(m, table + BYTES_DATA, (uint32_t)bytes,
			 (uint32_t)(f->instruction - start) / 2, &to->line, &to->column))
		to->line = 0;
	return m->failed ? -EFAULT : 0;
}
