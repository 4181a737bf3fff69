/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making the sidecar and writing it.
 */
#include "preload/sidecar/segment.h"

#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "preload/ground/clock.h"
#include "preload/ground/own_files.h"
#include "preload/ground/settings.h"
#include "preload/machine/facts.h"
#include "preload/machine/filter_lacks.h"
#include "preload/machine/lineage.h"
#include "preload/sidecar/segment_file.h"
#include "preload/sidecar/segment_mail.h"
#include "preload/sidecar/snapshot.h"
#include "trace/ground/executable.h"
#include "trace/sites/publish.h"

/* See worth_a_file. */
#define WORTH_BYTES ((uint64_t)1 << 20)

static struct segment_file file;
static bool wanted;   /* whatever was asked of weir */
static bool given_up; /* it cannot be made: do not try again */
static uint64_t sequence, start_ticks, written_activity;
static struct snapshot_health health;
static int32_t forked_from;
static struct weir_stats_header header;
static uint64_t attached_unix_ns, detached_unix_ns;

/* The slot under construction; the last word is seq_end. */
static uint64_t slot[WEIR_SLOT_WORDS];

static void
add_section(struct weir_stats_header *h, enum weir_stats_section_id id,
	    size_t word_offset, size_t records, size_t record_words)
{
	h->sections[id] = (struct weir_stats_section){
		.word_offset = (uint32_t)word_offset,
		.records = (uint32_t)records,
		.record_words = (uint32_t)record_words,
	};
}

static void
fill_header(struct weir_stats_header *h)
{
	memset(h, 0, sizeof(*h));
	memcpy(h->magic, WEIR_STATS_MAGIC, sizeof(h->magic));
	h->endian = WEIR_STATS_ENDIAN;
	h->version = WEIR_STATS_VERSION;
	h->word_bytes = 8;
	h->header_bytes = WEIR_STATS_HEADER_BYTES;
	h->slot_bytes = WEIR_STATS_SLOT_BYTES;
	h->n_slots = WEIR_STATS_SLOTS;
	h->n_sections = WEIR_N_SECTIONS;
	h->pid = getpid();
	h->forked_from = forked_from;
	h->start_ticks = facts_start_ticks();
	h->created_unix_ns = (uint64_t)clock_read(CLOCK_REALTIME);
	h->page_bytes = (uint32_t)sysconf(_SC_PAGESIZE);
	h->stats_ms = (uint32_t)weir_config.stats_ms;
	h->options_bytes[0] = weir_config.floor;
	h->options_bytes[1] = weir_config.threshold;
	h->options_bytes[2] = weir_config.cache_max;
	h->options_bytes[3] = weir_config.decay_ms;
	h->mailbox_offset = SEGMENT_MAILBOX;
	h->trace_offset = weir_trace_on() ? SEGMENT_TRACE : 0;
	h->trace_bytes = weir_trace_area_bytes();
	memcpy(h->weir_version, PACKAGE_VERSION, sizeof(PACKAGE_VERSION));
	h->attached_unix_ns = attached_unix_ns;
	h->detached_unix_ns = detached_unix_ns;
	h->collect_offset = SEGMENT_COLLECT;
	executable_path(h->exe, sizeof(h->exe));
	lineage_fill(h);
	add_section(h, WEIR_SECTION_COUNTERS, WEIR_SLOT_COUNTERS, 1, WEIR_N_COUNTERS);
	add_section(h, WEIR_SECTION_CLASSES, WEIR_SLOT_CLASSES, weir_config.classes.n,
		    WEIR_N_CLASS_FIELDS);
	add_section(h, WEIR_SECTION_SIZES, WEIR_SLOT_SIZES, WEIR_STATS_SIZE_BUCKETS,
		    WEIR_N_SIZE_FIELDS);
	add_section(h, WEIR_SECTION_KINDS, WEIR_SLOT_KINDS, WEIR_N_KINDS,
		    WEIR_N_KIND_FIELDS);
	add_section(h, WEIR_SECTION_FALLBACKS, WEIR_SLOT_FALLBACKS, WEIR_N_FALLBACKS, 1);
	add_section(h, WEIR_SECTION_REGIONS, WEIR_SLOT_REGIONS, WEIR_STATS_MAX_REGIONS,
		    WEIR_N_REGION_FIELDS);
	add_section(h, WEIR_SECTION_PROFILE, WEIR_SLOT_PROFILE, WEIR_STATS_PROFILE_ROWS,
		    WEIR_N_PROFILE_FIELDS);
	add_section(h, WEIR_SECTION_SMALL, WEIR_SLOT_SMALL, WEIR_STATS_SMALL_ROWS,
		    WEIR_N_SMALL_FIELDS);
	add_section(h, WEIR_SECTION_MAPS, WEIR_SLOT_MAPS, WEIR_STATS_MAX_MAPS,
		    WEIR_N_MAP_FIELDS);
}

static void
failed(int error)
{
	health.failed++;
	health.last_errno = (uint64_t)-error;
}

/* There is no file, or one that nobody has seen. */
static void
lost(int error)
{
	if (file.made)
		segment_file_drop(&file);
	failed(error);
	/* Descriptors come back; a folder that is not there does not. */
	given_up = error != -EMFILE && error != -ENFILE;
}

static int
make(void)
{
	fill_header(&header);
	start_ticks = header.start_ticks;
	int error = segment_file_make(&file, weir_config.stats, header.pid,
				      header.start_ticks);
	if (error != 0)
		return error;
	if (weir_trace_on())
		segment_file_extend(&file, SEGMENT_TRACE + weir_trace_area_bytes());
	segment_mail_made(&file);
	return segment_file_put(&file, 0, &header, sizeof(header));
}

/*
 * A process whose large blocks are a table or an I/O buffer of its own (a starting Node, cat)
 * leaves no file: a hundred short children would leave a hundred.
 */
static bool
worth_a_file(const struct snapshot_use *use)
{
	return file.made || wanted || use->asked_bytes >= WORTH_BYTES;
}

void
segment_want(void)
{
	wanted = true;
}

bool
segment_exists(void)
{
	return file.made;
}

bool
segment_settled(void)
{
	return given_up || strcmp(weir_config.stats, "off") == 0 ||
	       (file.made && !file.nameless);
}

bool
segment_news(void)
{
	struct snapshot_use use = snapshot_use();

	return !given_up && (use.activity != written_activity || weir_trace_due()) &&
	       worth_a_file(&use);
}

static int
put_trace(void *to, uint64_t offset, const void *from, size_t bytes)
{
	return segment_file_put(to, SEGMENT_TRACE + offset, from, bytes);
}

/* The slot has the figures that go into rows. */
static int
write_trace(void)
{
	const struct weir_stats_slot_head *head = (struct weir_stats_slot_head *)slot;
	const uint64_t *c = slot + WEIR_SLOT_COUNTERS, *kind = slot + WEIR_SLOT_KINDS;
	struct weir_trace_facts facts = {
		.rss_bytes = c[WEIR_C_rss_bytes],
		.alloc_bytes = c[WEIR_C_large_requested_bytes] - c[WEIR_C_passed_bytes],
		.cached_bytes = c[WEIR_C_cached_dirty_bytes],
		.limit_bytes = c[WEIR_C_cgroup_limit_bytes],
		.monotonic_ns = head->monotonic_ns,
		.unix_ns = head->unix_ns,
		.last = head->state == WEIR_STATE_EXITED,
		.account_ns = c[WEIR_C_account_ns],
		.next_used_bytes = c[WEIR_C_next_used_bytes],
		.next_used_ns = c[WEIR_C_next_used_ns],
		.part_bytes = &c[WEIR_C_part_live_bytes],
	};

	for (int i = 0; i < WEIR_N_KINDS; i++, kind += WEIR_N_KIND_FIELDS) {
		facts.live_bytes += kind[WEIR_KF_live_bytes];
		facts.live_count += kind[WEIR_KF_live];
	}
	return weir_trace_publish(&facts, &(struct weir_trace_sink){put_trace, &file});
}

/*
 * From the back to the front, each piece by a call of its own (each takes the file's lock in the kernel, so that they are
 * in order for all): who reads meanwhile, from the front, sees two numbers that differ.
 */
static int
put_slot(void)
{
	size_t at = WEIR_STATS_HEADER_BYTES + sequence % 2 * WEIR_STATS_SLOT_BYTES;
	const size_t word = sizeof(slot[0]);
	int error = segment_file_put(&file, at + WEIR_SLOT_END * word,
				     &slot[WEIR_SLOT_END], word);

	if (error == 0)
		error = segment_file_put(&file, at + word, &slot[1],
					 (WEIR_SLOT_END - 1) * word);
	if (error == 0)
		error = segment_file_put(&file, at, slot, word);
	return error;
}

/* 0, or -errno; -EAGAIN: there is no file any more, and another way to make one. */
static int
write_file(void)
{
	int error = file.made ? segment_file_open(&file) : make();

	if (error == 0 && lineage_look_again(&header))
		error = segment_file_put(&file, 0, &header, sizeof(header));
	if (error == 0)
		error = put_slot();
	if (error == 0)
		error = segment_file_show(&file, weir_config.stats, getpid(),
					  start_ticks);
	if (error != 0)
		return error;
	sequence++;
	return weir_trace_on() ? write_trace() : 0;
}

void
segment_attached(uint64_t attached_ns, uint64_t detached_ns)
{
	header.attached_unix_ns = attached_unix_ns = attached_ns;
	header.detached_unix_ns = detached_unix_ns = detached_ns;
	if (!file.made || segment_file_open(&file) != 0)
		return;
	segment_file_put(&file, 0, &header, sizeof(header));
	segment_file_close(&file);
}

bool
segment_of_child(void)
{
	return forked_from != 0;
}

bool
segment_given_up(void)
{
	return !file.made && (given_up || strcmp(weir_config.stats, "off") == 0);
}

void
segment_write(int64_t now_ns, bool last, const struct snapshot_clock *clock)
{
	struct weir_stats_slot_head *head = (struct weir_stats_slot_head *)slot;
	struct snapshot_use use = snapshot_use();
	uint64_t before = sequence;

	if (segment_given_up() || !worth_a_file(&use))
		return;
	if (weir_trace_on())
		filter_look();
	health.writes++;
	snapshot_fill(slot, &health, clock);
	head->seq_begin = slot[WEIR_SLOT_END] = sequence + 1;
	head->state = last ? WEIR_STATE_EXITED : WEIR_STATE_RUNNING;
	head->unix_ns = (uint64_t)clock_read(CLOCK_REALTIME);
	head->monotonic_ns = (uint64_t)now_ns;
	int error = write_file();
	if (error == -EAGAIN && !file.made)
		error = write_file();
	if (sequence != before)
		written_activity = use.activity;
	if (error != 0 && sequence == 0)
		lost(error);
	else if (error != 0)
		failed(error);
	segment_file_close(&file);
}

int64_t
segment_mark(const struct weir_stats_mailbox *m, int64_t now_ns,
	     const struct snapshot_clock *clock)
{
	if (!weir_trace_on())
		return -EOPNOTSUPP;
	uint64_t id = weir_trace_mark(m->request, m->label, sizeof(m->label));
	segment_write(now_ns, false, clock);
	return weir_trace_marked(id) ? (int64_t)id : -EIO;
}

void
segment_after_fork(int32_t parent_pid)
{
	own_files_after_fork();
	facts_after_fork();
	segment_file_after_fork(&file);
	segment_mail_after_fork();
	wanted = given_up = false;
	sequence = written_activity = 0;
	health = (struct snapshot_health){0};
	forked_from = parent_pid;
}
