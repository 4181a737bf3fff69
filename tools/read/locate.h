/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sidecars in the default folders (the rule is in weir/stats.h): all of them, or the one of a
 * process. Files that are no sidecars are passed over; those that are damaged are kept with
 * the reason.
 */
#ifndef TOOLS_LOCATE_H
#define TOOLS_LOCATE_H

#include <limits.h>
#include <sys/types.h>

#include "tools/read/container.h"
#include "tools/read/sidecar.h"

#define LOCATE_FOLDERS	   4
#define LOCATE_MAX_ENTRIES 4096 /* of one folder; the rest is not looked at */

/* What became of the process that wrote it. */
enum locate_life {
	LOCATE_RUNNING,
	LOCATE_REPLACED, /* it runs, but another program since an exec */
	LOCATE_EXITED,
	LOCATE_GONE,	/* gone without a last write: killed, or _exit */
	LOCATE_UNKNOWN, /* /proc does not tell */
};

/* Why a folder of the rule is not used, by weir in a process and by this command. */
enum locate_folder {
	LOCATE_FOLDER_USED,
	LOCATE_FOLDER_MISSING,
	LOCATE_FOLDER_CLOSED,	 /* it may not be looked into */
	LOCATE_FOLDER_NO_FOLDER, /* a file, or a link */
	LOCATE_FOLDER_FOREIGN,	 /* another user's */
	LOCATE_FOLDER_OPEN,	 /* others may write to it */
};

struct locate_entry {
	char path[PATH_MAX];
	pid_t pid; /* of the file's name, and so are the next two */
	uint64_t start_ticks;
	unsigned exec_n;
	int error; /* 0, or why the rest is not filled */
	char why[SIDECAR_WHY];
	enum locate_life life;
	/*
	 * Of a process of another PID namespace that runs: `sidecar.header.pid` is its pid as this command sees it,
	 * and this is the one it has itself. Else 0.
	 */
	pid_t inner_pid;
	char root
		[CONTAINER_ROOT]; /* before the names of files that it speaks of, "" for ours */
	struct sidecar sidecar;
};

/* Where to look: environment and user of the process that wrote, often our own. */
struct locate_place {
	const char *(*get)(void *context, const char *name);
	void *context;
	uid_t uid;	 /* as this command sees it */
	uid_t named_uid; /* as the process sees it: what the folder in /tmp is called by */
	const char *root; /* before all paths: "", or /proc/PID/root */
};

/* This process's own environment and user. */
struct locate_place locate_here(void);

/* The folders in order, those with a variable that is not set left out; returns how many. */
size_t locate_folders(const struct locate_place *place,
		      char folders[LOCATE_FOLDERS][PATH_MAX]);

/* What a folder is to weir in a process of the user `uid`; `owner`, which may be NULL, is whose it is. */
enum locate_folder locate_folder_state(const char *folder, uid_t uid, uid_t *owner);

#define LOCATE_FOLDER_TEXT 64

/* The same as the rest of a sentence, "belongs to user 0"; "" for one that is used, or not there yet. */
void locate_folder_text(const struct locate_place *place, const char *folder, char *text,
			size_t size);

/*
 * Which of the folders cannot be used though it is there, why, and what to do; false if there is none, or if one is
 * usable nevertheless. `why` is one sentence without a full stop.
 */
bool locate_folders_refused(const struct locate_place *place, char *why, size_t size);

/* The same of the folders of a process that runs, as far as its environment may be read. */
bool locate_refused_by(pid_t pid, char *why, size_t size);

/* "PID-START.weir" or "PID-START.N.weir". Pure. */
bool locate_parse_name(const char *name, pid_t *pid, uint64_t *start_ticks,
		       unsigned *exec_n);

/*
 * All entries, running first, then the most recent. Allocates; locate_free releases. `only_pid`
 * is 0 for all. Returns how many.
 */
size_t locate_all(const struct locate_place *place, pid_t only_pid,
		  struct locate_entry **out);

void locate_free(struct locate_entry *entries, size_t n);

/* Opens one file and tells the life of its writer. Returns entry->error. */
int locate_open(struct locate_entry *entry, const char *path);

/*
 * The sidecar of a running process that lies where these options, a text as WEIR_OPTIONS is one, have it; -ENOENT:
 * they do not say, or it is not there. A path is one of the process's own. Free as locate_open.
 */
int locate_named(const char *options_text, pid_t pid, uint64_t start_ticks,
		 struct locate_entry *entry);

/*
 * The sidecar of a process, of the last program it has run: where its own options and
 * environment say, as far as they may be read, then where ours do. `start_ticks` is its start
 * time, or 0 if that is not known; then one left by an earlier process of the same pid is not
 * taken while the process runs. Fills `entry` and returns 0, or -ENOENT when there is none, or
 * the error of the one there is.
 */
int locate_pid(pid_t pid, uint64_t start_ticks, struct locate_entry *entry);

/*
 * The file that a value of `stats` names for a process: %p and %% replaced. False for auto and
 * off, or if it does not fit. Pure.
 */
bool locate_stats_path(const char *stats, pid_t pid, char *path, size_t size);

const char *locate_life_text(enum locate_life life);

/* Nanoseconds since the last write, 0 if that seems to lie in the future. */
uint64_t locate_age_ns(const struct sidecar *s);

#endif
