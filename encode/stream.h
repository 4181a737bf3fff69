/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One step of a stream, by codec, for those that keep a struct state: stream.c, oneshot.c.
 */
#ifndef ENCODE_STREAM_H
#define ENCODE_STREAM_H

#include "encode/state.h"

enum weir_status stream_encode(struct state *s, struct io *io);
enum weir_status stream_encode_end(struct state *s, struct io *io);
enum weir_status stream_decode(struct state *s, struct io *io);
enum weir_status stream_decode_end(struct state *s, struct io *io);

#endif
