/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain NodeWorker of the inspector: the main thread names its workers, and hands on to each what is meant for it.
 */
#include "tools/host/inspector_workers.h"

#include <stdio.h>
#include <string.h>

#include "tools/text/monotonic.h"

#define MOST	256 /* workers */
#define SESSION 32  /* bytes of a name, which is a number */
#define WAIT_MS 8000

/* Numbers of questions on this connection that nobody else uses. */
#define ENABLE                                                                           \
	"{\"id\":11,\"method\":\"NodeWorker.enable\",\"params\":{"                       \
	"\"waitForDebuggerOnStart\":false}}"
#define DISABLE "{\"id\":12,\"method\":\"NodeWorker.disable\"}"
#define COLLECT                                                                          \
	"{\"id\":13,\"method\":\"NodeWorker.sendMessageToWorker\",\"params\":{"          \
	"\"sessionId\":\"%s\",\"message\":\"{\\\"id\\\":1,\\\"method\\\":"               \
	"\\\"HeapProfiler.collectGarbage\\\"}\"}}"

/*
 * weir follows the collections of an isolate from its first large block on, and V8 says where it runs JavaScript that it will: of a
 * worker that has none the collection would not be seen.
 */
#define SHOW                                                                             \
	"{\"id\":14,\"method\":\"NodeWorker.sendMessageToWorker\",\"params\":{"          \
	"\"sessionId\":\"%s\",\"message\":\"{\\\"id\\\":2,\\\"method\\\":"               \
	"\\\"Runtime.evaluate\\\",\\\"params\\\":{\\\"silent\\\":true,\\\"expression"    \
	"\\\":\\\"new ArrayBuffer(1048576);(f=>{for(let i=0;i<999;i++)f()})(()=>0)"      \
	"\\\"}}\"}}"

/* The name of the worker that the message is about, in digits. */
static bool
session_of(const char *message, char name[SESSION])
{
	static const char key[] = "\"sessionId\":\"";
	const char *at = strstr(message, key);
	size_t n;

	if (at == NULL)
		return false;
	at += sizeof(key) - 1;
	n = strspn(at, "0123456789");
	if (n == 0 || n >= SESSION || at[n] != '"')
		return false;
	memcpy(name, at, n);
	name[n] = '\0';
	return true;
}

static bool
is_event(const struct websocket *w, const char *method)
{
	char begin[64];
	int n = snprintf(begin, sizeof(begin), "{\"method\":\"NodeWorker.%s\"", method);

	return strncmp(w->message, begin, (size_t)n) == 0;
}

static void
ask(struct websocket *w, struct inspector_workers *to)
{
	char text[sizeof(SHOW) + SESSION], name[SESSION];

	if (to->asked == MOST || !session_of(w->message, name))
		return;
	snprintf(text, sizeof(text), SHOW, name);
	if (websocket_send(w, text) != 0)
		return;
	snprintf(text, sizeof(text), COLLECT, name);
	to->asked += websocket_send(w, text) == 0;
}

struct inspector_workers
inspector_workers_collect(struct websocket *w)
{
	struct inspector_workers to = {0};
	int64_t until_ns = monotonic_ns() + WAIT_MS * INT64_C(1000000);
	int wait_ms = w->wait_ms;
	bool named = false;

	if (websocket_send(w, ENABLE) != 0)
		return to;
	while ((!named || to.collected < to.asked) && monotonic_ns() < until_ns) {
		w->wait_ms = named || wait_ms > WAIT_MS ? WAIT_MS : wait_ms;
		if (websocket_receive(w) != 0)
			break;
		if (is_event(w, "attachedToWorker"))
			ask(w, &to);
		else if (is_event(w, "receivedMessageFromWorker"))
			to.collected += strstr(w->message, "\\\"id\\\":1,") != NULL;
		else if (strncmp(w->message, "{\"id\":11,", 9) == 0)
			named = true;
	}
	w->wait_ms = wait_ms;
	if (to.asked > 0)
		websocket_send(w, DISABLE);
	return to;
}
