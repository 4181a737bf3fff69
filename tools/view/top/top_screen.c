/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and lines by ncurses. Called by `weir top` alone; what stands in the lines is decided in
 * top_frame.c. Without ncurses in the build it says what to install.
 */
#include "tools/view/top/top_screen.h"

#include "config.h"
#include "tools/text/tell.h"

#ifndef HAVE_CURSES
bool
top_screen_run(struct top_screen *s)
{
	tell_error("top: this build has no live screen: install ncurses (Debian: "
		   "libncurses-dev), then configure and build again. "
		   "`weir top --once %s` works without it",
		   s->what);
	return false;
}
#else

#include <curses.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "tools/view/top/top_frame.h"

#define RED_PAIR 1
#define CTRL_L	 0x0c

static volatile sig_atomic_t ended_by;
static sigset_t open_mask; /* signals come in only while waiting for a key */
static struct termios terminal_before;
static char leave_screen[256]; /* codes that restore the terminal, for on_crash */

static void
on_end(int sig)
{
	ended_by = sig;
}

/* weir top itself crashes: restores the terminal without curses, which a handler must not call. */
static void
on_crash(int sig)
{
	if (write(STDOUT_FILENO, leave_screen, strlen(leave_screen)) < 0)
		_exit(EXIT_FAILURE);
	tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
	raise(sig); /* the handler was reset on entry */
}

static void
catch_signals(void)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	struct sigaction end = {.sa_handler = on_end};
	struct sigaction crash = {.sa_handler = on_crash, .sa_flags = SA_RESETHAND};
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGWINCH);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		sigaction(ends[i], &end, NULL);
		sigaddset(&held, ends[i]);
	}
	sigprocmask(SIG_BLOCK, &held, &open_mask);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		sigaction(crashes[i], &crash, NULL);
}

static void
add_capability(const char *name)
{
	const char *text = tigetstr(name);
	size_t used = strlen(leave_screen);

	if (text != NULL && text != (const char *)-1 &&
	    strlen(text) < sizeof(leave_screen) - used)
		memcpy(leave_screen + used, text, strlen(text) + 1);
}

static SCREEN *
open_screen(void)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	SCREEN *screen;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		tell_error("top: the live screen needs a terminal; `weir top --once` "
			   "prints one picture anywhere");
		return NULL;
	}
	tcgetattr(STDIN_FILENO, &terminal_before);
	catch_signals();
	screen = newterm(NULL, stdout, stdin);
	if (screen == NULL) {
		tell_error(
			"top: the terminal type \"%s\" is not known here: set TERM, for "
			"example to xterm, or use `weir top --once`",
			term != NULL ? term : "");
		return NULL;
	}
	/* It would print one picture below the other, and blanks between. */
	if (tigetstr("cup") == NULL || tigetstr("clear") == NULL) {
		endwin();
		delscreen(screen);
		tell_error("top: a terminal of type \"%s\" cannot be drawn on: use `weir "
			   "top --once`",
			   term != NULL ? term : "");
		return NULL;
	}
	add_capability("sgr0");
	add_capability("rmcup");
	add_capability("cnorm");
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	set_escdelay(25);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	if ((no_color == NULL || *no_color == '\0') && has_colors()) {
		start_color();
		use_default_colors();
		init_pair(RED_PAIR, COLOR_RED, -1);
	}
	return screen;
}

static attr_t
attributes(enum top_style style)
{
	switch (style) {
	case TOP_TITLE:
		return A_REVERSE;
	case TOP_HEADING:
		return A_BOLD | A_UNDERLINE;
	case TOP_DIM:
		return A_DIM;
	case TOP_BAD:
		return A_BOLD | (has_colors() ? (attr_t)COLOR_PAIR(RED_PAIR) : 0);
	default:
		return A_NORMAL;
	}
}

static void
draw(const struct top_screen *s, bool help, bool paused)
{
	struct top_view view = {
		.columns = COLS,
		.rows = LINES,
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.help = help,
		.live = true,
		.sort = s->sort,
		.message = paused ? "paused: p goes on" : NULL,
	};
	struct top_frame f;

	top_sites_sort(s->sites, s->sort);
	top_frame_make(&f, s->model, s->sites, &view);
	erase();
	for (int i = 0; i < f.n; i++) {
		attrset(attributes(f.lines[i].style));
		mvaddstr(i, 0, f.lines[i].text);
		if (f.lines[i].style == TOP_TITLE)
			mvchgat(i, 0, -1, A_REVERSE, 0, NULL);
	}
	attrset(A_NORMAL);
	refresh();
	top_frame_free(&f);
}

static void
look(const struct top_screen *s)
{
	struct look l;

	look_at(&l, s->what, s->model->entry.path);
	if (top_model_take(s->model, &l) != 0)
		return;
	top_sites_free(s->sites);
	top_sites_make(s->sites, s->model->has_trace ? &s->model->trace : NULL,
		       s->model->entry.life == LOCATE_RUNNING);
}

static double
now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct state {
	bool help, paused, quit, look_now;
};

static void
on_key(struct top_screen *s, int key, struct state *st)
{
	static const struct {
		int key;
		enum top_sort sort;
	} sorts[] = {
		{'l', TOP_BY_LIVE},
		{'g', TOP_BY_GROWTH},
		{'n', TOP_BY_COUNT},
		{'a', TOP_BY_ALLOCATED},
	};
	bool was_help = st->help;

	if (key == KEY_RESIZE || key == CTRL_L) {
		/* What other programs or a smaller size left behind goes. */
		clearok(curscr, TRUE);
		return;
	}
	st->help = false;
	if (key == 'q' || key == 'Q')
		st->quit = true;
	else if ((key == 'h' || key == '?') && !was_help)
		st->help = true;
	else if (key == 'p')
		st->paused = !st->paused;
	else if (key == 's')
		s->sort = (s->sort + 1) % TOP_N_SORTS;
	else if (key == ' ')
		st->look_now = true;
	for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++)
		if (key == sorts[i].key)
			s->sort = sorts[i].sort;
}

/* Until a key, a signal or the time; false when the terminal is gone. */
static bool
wait_for_key(double seconds)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	struct timespec t = {0};
	int rc;

	if (seconds > 0) {
		t.tv_sec = (time_t)seconds;
		t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
	}
	rc = ppoll(&p, 1, &t, &open_mask);
	return rc <= 0 || (p.revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
}

static void
watch(struct top_screen *s)
{
	struct state st = {0};
	double next = now_seconds() + s->seconds;

	while (ended_by == 0 && !st.quit) {
		int key;

		draw(s, st.help, st.paused);
		/* A process that is gone stays on the screen as it was. */
		bool follow = !st.paused && top_model_alive(s->model);

		if (!wait_for_key(follow ? next - now_seconds() : 3600))
			return;
		st.look_now = false;
		while (ended_by == 0 && (key = getch()) != ERR)
			on_key(s, key, &st);
		if (ended_by == 0 && (st.look_now || (follow && now_seconds() >= next))) {
			look(s);
			next = now_seconds() + s->seconds;
		}
	}
}

bool
top_screen_run(struct top_screen *s)
{
	SCREEN *screen = open_screen();

	if (screen == NULL)
		return false;
	watch(s);
	endwin();
	delscreen(screen);
	if (ended_by != 0 && ended_by != SIGINT) {
		signal(ended_by, SIG_DFL);
		sigprocmask(SIG_SETMASK, &open_mask, NULL);
		raise(ended_by);
	}
	return true;
}
#endif
