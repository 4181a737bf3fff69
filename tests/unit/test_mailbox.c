/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The asking side of the mailbox, with a thread of this process that answers, or does not.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tests/tools/trace_sample.h"
#include "tools/read/mailbox.h"
#include "tools/read/proc.h"

static struct locate_entry entry;
static struct trace_sample *sample;
static uint64_t mailbox_at;
static char why[MAILBOX_WHY];
static int64_t result;
static uint64_t request;

static void
begin(void)
{
	struct proc_stat st;
	size_t n;
	const void *bytes;
	int fd;

	memset(&entry, 0, sizeof(entry));
	strcpy(entry.path, "/tmp/weir-mailbox-XXXXXX");
	fd = mkstemp(entry.path);
	sample = trace_sample_new();
	trace_sample_header(sample)->pid = getpid();
	if (proc_stat(getpid(), &st) == 0)
		trace_sample_header(sample)->start_ticks = st.start_ticks;
	bytes = trace_sample_bytes(sample, &n);
	if (write(fd, bytes, n) != (ssize_t)n)
		abort();
	close(fd);
	mailbox_at = trace_sample_header(sample)->mailbox_offset;
	entry.sidecar.header = *trace_sample_header(sample);
	entry.life = LOCATE_RUNNING;
}

static void
end(void)
{
	unlink(entry.path);
	trace_sample_free(sample);
}

/* Answers one request as the shim would: result first, then the number. */
static void *
answer(void *value)
{
	struct weir_stats_mailbox m;
	int fd = open(entry.path, O_RDWR);

	do {
		usleep(1000);
		if (pread(fd, &m, sizeof(m), (off_t)mailbox_at) != (ssize_t)sizeof(m))
			abort();
	} while (m.request == m.answered);
	m.result = strcmp(m.label, "here") == 0 && m.command == WEIR_COMMAND_MARK
			   ? *(int64_t *)value
			   : -EINVAL;
	m.answered = m.request;
	if (pwrite(fd, &m, sizeof(m), (off_t)mailbox_at) != (ssize_t)sizeof(m))
		abort();
	close(fd);
	return NULL;
}

static int
ask(double seconds)
{
	return mailbox_ask(&entry, WEIR_COMMAND_MARK, "here", seconds, &result, &request,
			   why);
}

TEST(an_answer_comes_back_with_its_number)
{
	int64_t value = 5;
	pthread_t t;

	begin();
	for (uint64_t i = 1; i <= 3; i++) {
		pthread_create(&t, NULL, answer, &value);
		CHECK_EQ(ask(20), 0);
		pthread_join(t, NULL);
		CHECK_EQ(result, 5);
		CHECK_EQ(request, i);
	}
	value = -ENOSYS;
	pthread_create(&t, NULL, answer, &value);
	CHECK_EQ(ask(20), 0);
	pthread_join(t, NULL);
	CHECK_EQ(result, -ENOSYS);
	end();
}

TEST(nobody_answers)
{
	begin();
	CHECK_EQ(ask(0.05), -ETIMEDOUT);
	CHECK(strstr(why, "no answer") != NULL);
	end();
}

TEST(somebody_else_asks_all_the_time)
{
	int fd;

	begin();
	fd = open(entry.path, O_RDWR);
	CHECK_EQ(flock(fd, LOCK_EX), 0);
	CHECK_EQ(ask(0.05), -EBUSY);
	close(fd);
	end();
}

TEST(the_process_is_gone)
{
	pid_t pid;

	begin();
	pid = fork();
	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	entry.sidecar.header.pid = pid;
	CHECK_EQ(ask(20), -ESRCH);
	entry.life = LOCATE_EXITED;
	CHECK_EQ(ask(20), -ESRCH);
	end();
}

TEST(a_file_without_a_mailbox_or_with_a_wild_one)
{
	struct weir_stats_header h;
	int fd;

	begin();
	fd = open(entry.path, O_RDWR);
	h = entry.sidecar.header;
	h.mailbox_offset = 0;
	CHECK(pwrite(fd, &h, sizeof(h), 0) == (ssize_t)sizeof(h));
	CHECK_EQ(ask(20), -ENOTSUP);
	h.mailbox_offset = UINT64_MAX - 7;
	CHECK(pwrite(fd, &h, sizeof(h), 0) == (ssize_t)sizeof(h));
	CHECK_EQ(ask(20), -EBADMSG);
	h.magic[0] = 'x';
	CHECK(pwrite(fd, &h, sizeof(h), 0) == (ssize_t)sizeof(h));
	CHECK_EQ(ask(20), -EINVAL);
	close(fd);
	unlink(entry.path);
	CHECK_EQ(ask(20), -ENOENT);
	end();
}

#define TAP_TESTS                                                                        \
	T(an_answer_comes_back_with_its_number)                                          \
	T(nobody_answers)                                                                \
	T(somebody_else_asks_all_the_time)                                               \
	T(the_process_is_gone)                                                           \
	T(a_file_without_a_mailbox_or_with_a_wild_one)
TAP_MAIN()
