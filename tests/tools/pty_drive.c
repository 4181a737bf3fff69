/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pty_drive ROWS COLUMNS STEP... -- COMMAND [ARGUMENT...]: runs a command on a terminal of its own
 * and does the steps, in order:
 *   wait=TEXT      until it has printed this since the last step (60 s at most)
 *   key=TEXT       types it
 *   size=RxC       the terminal gets this size
 *   signal=NAME    TERM, INT, HUP: to the command
 *   end=PID        SIGTERM to that process
 *   stop           types ^Z until the command has stopped, and lets it go on
 * Then waits for its end. What it printed goes to standard output; the last line says how it ended
 * and whether the terminal's modes are those from before. The status is 0 if all steps were done.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#define PATIENCE_S 60

static int terminal, kept_open;
static pid_t child;
static char printed[1 << 20];
static size_t n_printed, looked_at;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Takes in what the command prints for a moment; false when there will be no more. */
static int
take_in(void)
{
	struct pollfd p = {.fd = terminal, .events = POLLIN};
	ssize_t got;

	if (poll(&p, 1, 50) <= 0)
		return 1;
	if (n_printed + 1 >= sizeof(printed))
		return 0;
	got = read(terminal, printed + n_printed, sizeof(printed) - 1 - n_printed);
	if (got <= 0)
		return 0;
	n_printed += (size_t)got;
	printed[n_printed] = '\0';
	return 1;
}

static int
wait_for(const char *text)
{
	double end = now() + PATIENCE_S;

	while (now() < end) {
		char *found = memmem(printed + looked_at, n_printed - looked_at, text,
				     strlen(text));

		if (found != NULL) {
			looked_at = (size_t)(found - printed) + strlen(text);
			return 1;
		}
		if (!take_in())
			break;
	}
	return 0;
}

static int
resize(const char *text)
{
	struct winsize size = {0};

	if (sscanf(text, "%hux%hu", &size.ws_row, &size.ws_col) != 2)
		return 0;
	looked_at = n_printed;
	return ioctl(terminal, TIOCSWINSZ, &size) == 0;
}

static int
send_signal(const char *name)
{
	static const struct {
		const char *name;
		int sig;
	} signals[] = {
		{"TERM", SIGTERM}, {"INT", SIGINT}, {"HUP", SIGHUP}, {"SEGV", SIGSEGV}};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (strcmp(signals[i].name, name) == 0)
			return kill(child, signals[i].sig) == 0;
	return 0;
}

static int
type(const char *text)
{
	looked_at = n_printed;
	return write(terminal, text, strlen(text)) == (ssize_t)strlen(text);
}

static int
is_stopped(void)
{
	char path[64], state = '?';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)child);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	fclose(f);
	return state == 'T';
}

/* More than once: while curses draws it ignores the signal, and what was drawn is seen before. */
static int
stop_and_go_on(void)
{
	double end = now() + PATIENCE_S, again = 0;

	while (now() < end) {
		if (is_stopped()) {
			looked_at = n_printed;
			return kill(child, SIGCONT) == 0;
		}
		if (now() >= again) {
			if (write(terminal, "\x1a", 1) != 1)
				return 0;
			again = now() + 0.3;
		}
		take_in();
	}
	return 0;
}

static int
step(const char *what)
{
	if (strncmp(what, "wait=", 5) == 0)
		return wait_for(what + 5);
	if (strncmp(what, "key=", 4) == 0)
		return type(what + 4);
	if (strncmp(what, "size=", 5) == 0)
		return resize(what + 5);
	if (strncmp(what, "signal=", 7) == 0)
		return send_signal(what + 7);
	if (strncmp(what, "end=", 4) == 0)
		return kill((pid_t)atoi(what + 4), SIGTERM) == 0;
	return strcmp(what, "stop") == 0 && stop_and_go_on();
}

/*
 * The command runs in a process group of its own below the leader of the session: the kernel does
 * not stop who has no such parent. The leader tells its pid, and in the end its status.
 */
static void
lead(char **command, int tell)
{
	pid_t pid;
	int status;

	login_tty(kept_open);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		signal(SIGTTOU, SIG_IGN);
		tcsetpgrp(STDIN_FILENO, getpid());
		signal(SIGTTOU, SIG_DFL);
		close(tell);
		execvp(command[0], command);
		_exit(127);
	}
	if (write(tell, &pid, sizeof(pid)) != sizeof(pid))
		_exit(1);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (write(tell, &status, sizeof(status)) != sizeof(status))
		_exit(1);
	pause(); /* the terminal stays until its modes have been looked at */
}

/* The command's end; it is killed when it does not come. */
static void
finish(const struct termios *before, int told, int ok)
{
	struct pollfd p = {.fd = told, .events = POLLIN};
	double end = now() + (ok ? PATIENCE_S : 1);
	struct termios after;
	int status = 0;

	while (poll(&p, 1, 0) == 0 && now() < end)
		take_in();
	if (poll(&p, 1, 0) == 0)
		kill(child, SIGKILL);
	if (read(told, &status, sizeof(status)) != sizeof(status))
		status = -1;
	do
		looked_at = n_printed;
	while (take_in() && n_printed > looked_at);
	fwrite(printed, 1, n_printed, stdout);
	tcgetattr(kept_open, &after);
	printf("\npty_drive: %s %d, terminal %s\n",
	       WIFSIGNALED(status) ? "signal" : "exit status",
	       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
	       before->c_lflag == after.c_lflag && before->c_iflag == after.c_iflag &&
			       before->c_oflag == after.c_oflag
		       ? "as before"
		       : "changed");
}

int
main(int argc, char **argv)
{
	struct winsize size = {0};
	struct termios before;
	int command = 3, ok = 1, tell[2];
	pid_t leader;

	while (command < argc && strcmp(argv[command], "--") != 0)
		command++;
	if (argc < 3 || command + 1 >= argc)
		return 2;
	size.ws_row = (unsigned short)atoi(argv[1]);
	size.ws_col = (unsigned short)atoi(argv[2]);
	if (openpty(&terminal, &kept_open, NULL, NULL, &size) != 0 || pipe(tell) != 0)
		return 2;
	tcgetattr(kept_open, &before);
	leader = fork();
	if (leader == 0) {
		close(terminal);
		close(tell[0]);
		lead(argv + command + 1, tell[1]);
		_exit(0);
	}
	close(tell[1]);
	if (read(tell[0], &child, sizeof(child)) != sizeof(child))
		return 2;
	for (int i = 3; i < command && ok; i++) {
		ok = step(argv[i]);
		if (!ok)
			fprintf(stderr, "pty_drive: failed: %s\n", argv[i]);
	}
	finish(&before, tell[0], ok);
	kill(leader, SIGKILL);
	waitpid(leader, NULL, 0);
	return ok ? 0 : 1;
}
