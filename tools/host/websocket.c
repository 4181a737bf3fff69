/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 6455, as much of it as the inspector speaks. Called by inspector.c.
 */
#include "tools/host/websocket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER	  65536
#define HEAD_MOST 8192
#define BODY_MOST (1u << 20)

enum { OP_MORE, OP_TEXT, OP_BINARY, OP_CLOSE = 8, OP_PING, OP_PONG };

int
websocket_connect(struct websocket *w, uint16_t port, bool v6, int wait_ms)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

	*w = (struct websocket){.fd = -1, .wait_ms = wait_ms};
	w->buf = malloc(BUFFER);
	if (w->buf == NULL)
		return -ENOMEM;
	w->fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (w->fd < 0)
		return -errno;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a6.sin6_addr = in6addr_loopback;
	if (connect(w->fd,
		    v6 ? (const struct sockaddr *)&a6 : (const struct sockaddr *)&a,
		    v6 ? sizeof(a6) : sizeof(a)) != 0)
		return -errno;
	return 0;
}

void
websocket_close(struct websocket *w)
{
	if (w->fd >= 0)
		close(w->fd);
	free(w->buf);
	free(w->message);
	*w = (struct websocket){.fd = -1};
}

static int
wait_for(const struct websocket *w, short what)
{
	struct pollfd p = {.fd = w->fd, .events = what};
	int n;

	do {
		n = poll(&p, 1, w->wait_ms);
	} while (n < 0 && errno == EINTR);
	return n > 0 ? 0 : n == 0 ? -ETIMEDOUT : -errno;
}

static int
write_all(const struct websocket *w, const void *bytes, size_t n)
{
	const char *p = bytes;
	int rc = 0;

	while (n > 0 && (rc = wait_for(w, POLLOUT)) == 0) {
		ssize_t put = send(w->fd, p, n, MSG_NOSIGNAL);

		if (put < 0 && errno != EINTR)
			return -errno;
		p += put > 0 ? put : 0;
		n -= put > 0 ? (size_t)put : 0;
	}
	return rc;
}

/* Up to `n` bytes, at least one; how many, or -errno. */
static ssize_t
read_some(struct websocket *w, void *bytes, size_t n)
{
	if (w->at == w->end) {
		ssize_t got;
		int rc = wait_for(w, POLLIN);

		if (rc != 0)
			return rc;
		do {
			got = recv(w->fd, w->buf, BUFFER, 0);
		} while (got < 0 && errno == EINTR);
		if (got <= 0)
			return got < 0 ? -errno : -ECONNRESET;
		w->at = 0;
		w->end = (size_t)got;
	}
	if (n > w->end - w->at)
		n = w->end - w->at;
	memcpy(bytes, w->buf + w->at, n);
	w->at += n;
	return (ssize_t)n;
}

static int
read_all(struct websocket *w, void *bytes, size_t n)
{
	char *p = bytes;

	while (n > 0) {
		ssize_t got = read_some(w, p, n);

		if (got < 0)
			return (int)got;
		p += got;
		n -= (size_t)got;
	}
	return 0;
}

/* The head of an answer, terminated, up to its empty line. */
static int
read_head(struct websocket *w, char head[HEAD_MOST])
{
	size_t n = 0;

	while (n + 1 < HEAD_MOST) {
		int rc = read_all(w, head + n, 1);

		if (rc != 0)
			return rc;
		head[++n] = '\0';
		if (n >= 4 && memcmp(head + n - 4, "\r\n\r\n", 4) == 0)
			return 0;
	}
	return -EPROTO;
}

int
websocket_get(struct websocket *w, const char *path, char **body)
{
	char request[256], head[HEAD_MOST];
	const char *length;
	size_t n;
	int rc;

	snprintf(request, sizeof(request),
		 "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", path);
	rc = write_all(w, request, strlen(request));
	if (rc == 0)
		rc = read_head(w, head);
	if (rc != 0)
		return rc;
	length = strcasestr(head, "\r\ncontent-length:");
	n = length != NULL ? strtoul(length + 17, NULL, 10) : 0;
	if (strncmp(head, "HTTP/1.", 7) != 0 || strncmp(head + 8, " 200", 4) != 0 ||
	    n == 0 || n > BODY_MOST)
		return -EPROTO;
	*body = malloc(n + 1);
	if (*body == NULL)
		return -ENOMEM;
	(*body)[n] = '\0';
	rc = read_all(w, *body, n);
	if (rc != 0)
		free(*body);
	return rc;
}

int
websocket_upgrade(struct websocket *w, const char *path)
{
	char request[512], head[HEAD_MOST];
	int rc;

	/* The key is the RFC's own: nothing between us would mistake it for another's. */
	snprintf(request, sizeof(request),
		 "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
		 "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
		 path);
	rc = write_all(w, request, strlen(request));
	if (rc == 0)
		rc = read_head(w, head);
	return rc != 0 ? rc : strncmp(head, "HTTP/1.1 101", 12) == 0 ? 0 : -EPROTO;
}

static int
send_frame(struct websocket *w, unsigned op, const void *bytes, size_t n)
{
	unsigned char frame[8 + 1024], *p = frame;

	if (n > 1000)
		return -EMSGSIZE;
	*p++ = (unsigned char)(0x80 | op);
	if (n < 126) {
		*p++ = (unsigned char)(0x80 | n);
	} else {
		*p++ = 0x80 | 126;
		*p++ = (unsigned char)(n >> 8);
		*p++ = (unsigned char)n;
	}
	if (getrandom(p, 4, 0) != 4)
		return -EIO;
	for (size_t i = 0; i < n; i++)
		p[4 + i] = ((const unsigned char *)bytes)[i] ^ p[i % 4];
	return write_all(w, frame, (size_t)(p + 4 - frame) + n);
}

int
websocket_send(struct websocket *w, const char *text)
{
	return send_frame(w, OP_TEXT, text, strlen(text));
}

struct frame {
	unsigned op;
	bool last;
	uint64_t n;
};

static int
read_frame(struct websocket *w, struct frame *f)
{
	unsigned char head[8];
	int rc = read_all(w, head, 2);

	if (rc != 0)
		return rc;
	f->last = (head[0] & 0x80) != 0;
	f->op = head[0] & 15;
	f->n = head[1] & 0x7f;
	if ((head[1] & 0x80) != 0) /* only clients mask */
		return -EPROTO;
	if (f->n >= 126) {
		unsigned bytes = f->n == 126 ? 2 : 8;

		rc = read_all(w, head, bytes);
		f->n = 0;
		for (unsigned i = 0; i < bytes && rc == 0; i++)
			f->n = f->n << 8 | head[i];
	}
	if (rc == 0 && f->op >= OP_CLOSE && f->n > 125)
		rc = -EPROTO;
	return rc;
}

/* A frame that is none of a message. */
static int
answer_control(struct websocket *w, const struct frame *f)
{
	char bytes[125];
	int rc = read_all(w, bytes, (size_t)f->n);

	if (rc != 0 || f->op == OP_PONG)
		return rc;
	return f->op == OP_PING ? send_frame(w, OP_PONG, bytes, (size_t)f->n)
				: -ECONNRESET;
}

int
websocket_receive(struct websocket *w)
{
	struct frame f = {0};
	int rc = 0;

	w->n = 0;
	do {
		rc = read_frame(w, &f);
		if (rc == 0 && f.op >= OP_CLOSE) {
			rc = answer_control(w, &f);
			f.last = false;
			continue;
		}
		if (rc == 0 && f.n > WEBSOCKET_MOST - w->n)
			rc = -EMSGSIZE;
		if (rc == 0 && w->n + f.n + 1 > w->room) {
			size_t room = 2 * (w->n + (size_t)f.n) + 1024;
			char *grown = realloc(w->message, room);

			if (grown == NULL)
				return -ENOMEM;
			w->message = grown;
			w->room = room;
		}
		if (rc == 0)
			rc = read_all(w, w->message + w->n, (size_t)f.n);
		if (rc == 0)
			w->message[w->n += (size_t)f.n] = '\0';
	} while (rc == 0 && !f.last);
	return rc;
}
