/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of Node's inspector: a connection to a port of this machine, one question by HTTP, then messages of a web
 * socket. What comes is foreign, and bounded.
 */
#ifndef TOOLS_WEBSOCKET_H
#define TOOLS_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEBSOCKET_MOST (16u << 20) /* bytes of a message */

struct websocket {
	int fd;
	int wait_ms;   /* for the next byte */
	char *message; /* the last one, terminated; owned */
	size_t n, room;
	unsigned char *buf; /* owned: what was read and not used */
	size_t at, end;
};

/* All return 0 or -errno: -ETIMEDOUT, -EPROTO for what is no such answer, -EMSGSIZE. */
int websocket_connect(struct websocket *w, uint16_t port, bool v6, int wait_ms);

/* The body of an HTTP answer, terminated, to be freed. The connection ends with it. */
int websocket_get(struct websocket *w, const char *path, char **body);

int websocket_upgrade(struct websocket *w, const char *path);
int websocket_send(struct websocket *w, const char *text);

/* The next whole message, in w->message; pings are answered. -ECONNRESET: the other side has closed. */
int websocket_receive(struct websocket *w);
void websocket_close(struct websocket *w);

#endif
