/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A profile for pprof, Pyroscope, Parca, Perfetto: profile.proto in gzip, and ids of all tables from
 * 1 on without a gap, as Parca wants them.
 * Called by cmd_export.c. The sample types are Go's, in Go's order; with --value=growth the two of
 * memory in use hold what was added in the window, negative where it shrank.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/text/tell.h"
#include "tools/text/text_hash.h"
#include "tools/view/export/export.h"
#include "tools/view/export/export_gzip.h"
#include "tools/view/export/export_protobuf.h"

/* Field numbers of profile.proto. */
enum {
	PROFILE_SAMPLE_TYPE = 1,
	PROFILE_SAMPLE,
	PROFILE_MAPPING,
	PROFILE_LOCATION,
	PROFILE_FUNCTION,
	PROFILE_STRING_TABLE,
	PROFILE_TIME_NANOS = 9,
	PROFILE_DURATION_NANOS,
	PROFILE_PERIOD_TYPE,
	PROFILE_PERIOD,
	PROFILE_COMMENT,
	PROFILE_DEFAULT_SAMPLE_TYPE
};
enum { VALUE_TYPE_TYPE = 1, VALUE_TYPE_UNIT };
enum { SAMPLE_LOCATION_ID = 1, SAMPLE_VALUE, SAMPLE_LABEL };
enum { LABEL_KEY = 1, LABEL_STR, LABEL_NUM, LABEL_NUM_UNIT };
enum {
	MAPPING_ID = 1,
	MAPPING_START,
	MAPPING_LIMIT,
	MAPPING_OFFSET,
	MAPPING_FILENAME,
	MAPPING_BUILD_ID,
	MAPPING_HAS_FUNCTIONS
};
enum { LOCATION_ID = 1, LOCATION_MAPPING_ID, LOCATION_ADDRESS, LOCATION_LINE };
enum { LINE_FUNCTION_ID = 1, LINE_LINE, LINE_COLUMN };
enum {
	FUNCTION_ID = 1,
	FUNCTION_NAME,
	FUNCTION_SYSTEM_NAME,
	FUNCTION_FILENAME,
	FUNCTION_START_LINE
};

struct strings {
	struct protobuf *profile; /* entries go there as they come */
	char **known;
	size_t n, size; /* open addressing; size is a power of two */
	uint32_t *ids;
	uint32_t next_id;
};

static void
grow(struct strings *s)
{
	struct strings old = *s;

	s->size = old.size > 0 ? 2 * old.size : 256;
	s->known = calloc(s->size, sizeof(*s->known));
	s->ids = calloc(s->size, sizeof(*s->ids));
	if (s->known == NULL || s->ids == NULL)
		tell_no_memory();
	for (size_t i = 0; i < old.size; i++) {
		size_t at;

		if (old.known[i] == NULL)
			continue;
		at = text_hash(old.known[i]) & (s->size - 1);
		while (s->known[at] != NULL)
			at = (at + 1) & (s->size - 1);
		s->known[at] = old.known[i];
		s->ids[at] = old.ids[i];
	}
	free(old.known);
	free(old.ids);
}

static uint32_t
string(struct strings *s, const char *text)
{
	size_t at;

	if (2 * (s->n + 1) > s->size)
		grow(s);
	at = text_hash(text) & (s->size - 1);
	while (s->known[at] != NULL) {
		if (strcmp(s->known[at], text) == 0)
			return s->ids[at];
		at = (at + 1) & (s->size - 1);
	}
	s->known[at] = strdup(text);
	if (s->known[at] == NULL)
		tell_no_memory();
	s->n++;
	protobuf_bytes(s->profile, PROFILE_STRING_TABLE, text, strlen(text));
	return s->ids[at] = s->next_id++;
}

static void
free_strings(struct strings *s)
{
	for (size_t i = 0; i < s->size; i++)
		free(s->known[i]);
	free(s->known);
	free(s->ids);
}

struct writer {
	const struct export_job *job;
	struct protobuf profile, message, inner;
	struct strings strings;
	uint64_t n_functions;
};

static void
put_value_type(struct writer *w, unsigned field, const char *type, const char *unit)
{
	protobuf_u64(&w->message, VALUE_TYPE_TYPE, string(&w->strings, type));
	protobuf_u64(&w->message, VALUE_TYPE_UNIT, string(&w->strings, unit));
	protobuf_message(&w->profile, field, &w->message);
}

static void
put_label(struct writer *w, const char *key, const char *text, int64_t number,
	  const char *unit)
{
	protobuf_u64(&w->inner, LABEL_KEY, string(&w->strings, key));
	if (text != NULL)
		protobuf_u64(&w->inner, LABEL_STR, string(&w->strings, text));
	protobuf_i64(&w->inner, LABEL_NUM, number);
	if (unit != NULL)
		protobuf_u64(&w->inner, LABEL_NUM_UNIT, string(&w->strings, unit));
	protobuf_message(&w->message, SAMPLE_LABEL, &w->inner);
}

static void
put_labels(struct writer *w, uint32_t site)
{
	const struct trace_view *t = w->job->view->trace;
	const struct export_amount *live = &w->job->amounts[site][EXPORT_LIVE];
	uint64_t thread = trace_view_site(t, site, WEIR_S_thread);
	double kib = (double)live->bytes / 1024;
	double born = (double)trace_view_site(t, site, WEIR_S_birth_gc_sum);
	double majors = (double)trace_view_site(t, site, WEIR_S_major_gcs);

	put_label(w, "kind",
		  trace_view_kind_name(trace_view_site(t, site, WEIR_S_caller_kind)), 0,
		  NULL);
	if (thread < t->n_threads && t->threads[thread].tid != 0) {
		put_label(w, "thread", trace_view_string(t, t->threads[thread].name), 0,
			  NULL);
		put_label(w, "tid", NULL, t->threads[thread].tid, NULL);
	}
	if (live->count > 0)
		put_label(w, "bytes", NULL, live->bytes / live->count, "bytes");
	if (t->head.gc_known && kib >= 1 && born / kib <= majors)
		put_label(w, "gc_age", NULL, (int64_t)(majors - born / kib), NULL);
}

static void
put_samples(struct writer *w)
{
	const struct export_job *job = w->job;
	const struct trace_view *t = job->view->trace;
	enum export_value inuse =
		job->value == EXPORT_GROWTH ? EXPORT_GROWTH : EXPORT_LIVE;
	uint32_t frames[WEIR_TRACE_MAX_DEPTH];

	for (uint32_t site = 0; site < t->n_sites; site++) {
		const struct export_amount *alloc = &job->amounts[site][EXPORT_ALLOC];
		const struct export_amount *in = &job->amounts[site][inuse];
		uint32_t n = trace_view_stack(t, trace_view_site(t, site, WEIR_S_stack),
					      frames);

		if (alloc->bytes == 0 && in->bytes == 0)
			continue;
		/* Location ids are 1 + the frame's; 0 is not allowed. */
		for (uint32_t i = 0; i < n; i++)
			protobuf_bare(&w->inner, 1 + (uint64_t)frames[i]);
		if (n == 0)
			protobuf_bare(&w->inner, 1 + (uint64_t)t->n_frames);
		protobuf_message(&w->message, SAMPLE_LOCATION_ID, &w->inner);
		protobuf_bare(&w->inner, (uint64_t)alloc->count);
		protobuf_bare(&w->inner, (uint64_t)alloc->bytes);
		protobuf_bare(&w->inner, (uint64_t)in->count);
		protobuf_bare(&w->inner, (uint64_t)in->bytes);
		protobuf_message(&w->message, SAMPLE_VALUE, &w->inner);
		put_labels(w, site);
		protobuf_message(&w->profile, PROFILE_SAMPLE, &w->message);
	}
}

static void
put_mappings(struct writer *w)
{
	const struct trace_view *t = w->job->view->trace;

	for (uint32_t i = 0; i < t->n_modules; i++) {
		const struct weir_trace_module *m = &t->modules[i];
		char build_id[2 * sizeof(m->build_id) + 1] = "";

		for (unsigned k = 0; k < m->build_id_bytes; k++)
			snprintf(build_id + 2 * k, 3, "%02x", m->build_id[k]);
		protobuf_u64(&w->message, MAPPING_ID, 1 + (uint64_t)i);
		protobuf_u64(&w->message, MAPPING_START, m->start);
		protobuf_u64(&w->message, MAPPING_LIMIT, m->end);
		protobuf_u64(&w->message, MAPPING_OFFSET, m->file_offset);
		protobuf_u64(&w->message, MAPPING_FILENAME,
			     string(&w->strings, trace_view_string(t, m->path)));
		protobuf_u64(&w->message, MAPPING_BUILD_ID,
			     string(&w->strings, build_id));
		protobuf_message(&w->profile, PROFILE_MAPPING, &w->message);
	}
}

/* Without a place and its frame: of what is not attributed. */
static void
put_location(struct writer *w, uint64_t id, const struct growth_place *p,
	     const struct weir_trace_frame *f)
{
	char name[1024] = "(not attributed)";

	protobuf_u64(&w->message, LOCATION_ID, id);
	if (p != NULL) {
		export_frame_name(name, sizeof(name), p);
		protobuf_u64(&w->message, LOCATION_MAPPING_ID, f->module);
		protobuf_u64(&w->message, LOCATION_ADDRESS, f->address);
	}
	/* Native code without a symbol stays an address, for pprof's own symbolizer. */
	if (p == NULL || p->script || p->function[0] != '\0') {
		protobuf_u64(&w->inner, LINE_FUNCTION_ID, ++w->n_functions);
		if (p != NULL) {
			protobuf_u64(&w->inner, LINE_LINE, p->line);
			protobuf_u64(&w->inner, LINE_COLUMN, p->column);
		}
		protobuf_message(&w->message, LOCATION_LINE, &w->inner);
		protobuf_u64(&w->inner, FUNCTION_ID, w->n_functions);
		protobuf_u64(&w->inner, FUNCTION_NAME, string(&w->strings, name));
		protobuf_u64(&w->inner, FUNCTION_SYSTEM_NAME, string(&w->strings, name));
		if (p != NULL) {
			protobuf_u64(&w->inner, FUNCTION_FILENAME,
				     string(&w->strings, p->file));
			protobuf_u64(&w->inner, FUNCTION_START_LINE, p->definition_line);
		}
		protobuf_message(&w->profile, PROFILE_FUNCTION, &w->inner);
	}
	protobuf_message(&w->profile, PROFILE_LOCATION, &w->message);
}

static void
put_head(struct writer *w)
{
	const struct trace_view *t = w->job->view->trace;
	const struct weir_trace_head *h = &t->head;
	const struct growth_model *m = w->job->view->model;
	const char *type = w->job->value == EXPORT_ALLOC ? "alloc_space" : "inuse_space";
	char comment[128];

	protobuf_u64(&w->profile, PROFILE_TIME_NANOS, h->unix_ns);
	protobuf_u64(&w->profile, PROFILE_DURATION_NANOS,
		     w->job->value == EXPORT_GROWTH    ? m->to_ns - m->from_ns
		     : h->monotonic_ns > h->started_ns ? h->monotonic_ns - h->started_ns
						       : 0);
	put_value_type(w, PROFILE_PERIOD_TYPE, "space", "bytes");
	/* Values are unbiased already: nobody shall scale them by the period. */
	protobuf_u64(&w->profile, PROFILE_PERIOD,
		     h->sample_bytes > 0 ? h->sample_bytes : 1);
	snprintf(comment, sizeof(comment), "weir %s; frames: %s", t->file.weir_version,
		 trace_view_tier(t));
	protobuf_u64(&w->profile, PROFILE_COMMENT, string(&w->strings, comment));
	protobuf_u64(&w->profile, PROFILE_DEFAULT_SAMPLE_TYPE, string(&w->strings, type));
}

void
export_pprof(const struct export_job *job, FILE *out)
{
	struct writer w = {.job = job};
	const struct trace_view *t = job->view->trace;

	w.strings.profile = &w.profile;
	string(&w.strings, ""); /* must be the first */
	put_value_type(&w, PROFILE_SAMPLE_TYPE, "alloc_objects", "count");
	put_value_type(&w, PROFILE_SAMPLE_TYPE, "alloc_space", "bytes");
	put_value_type(&w, PROFILE_SAMPLE_TYPE, "inuse_objects", "count");
	put_value_type(&w, PROFILE_SAMPLE_TYPE, "inuse_space", "bytes");
	put_samples(&w);
	put_mappings(&w);
	for (uint32_t i = 0; i < t->n_frames; i++)
		put_location(&w, 1 + (uint64_t)i, growth_place(job->view->places, i),
			     &t->frames[i]);
	put_location(&w, 1 + (uint64_t)t->n_frames, NULL, NULL);
	put_head(&w);
	export_gzip(w.profile.bytes, w.profile.n, out);
	protobuf_free(&w.profile);
	protobuf_free(&w.message);
	protobuf_free(&w.inner);
	free_strings(&w.strings);
}
