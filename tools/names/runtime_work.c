/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By parts of names that have stood in Node for many versions; one that is renamed is not found, and then
 * nothing is said.
 */
#include "tools/names/runtime_work.h"

#include <stddef.h>
#include <string.h>

const char *
runtime_work(const char *function)
{
	static const struct {
		const char *part, *work;
	} all[] = {
		{"::CompressionStream", "zlib streams"},
		{"::ZlibContext", "zlib streams"},
		{"::Brotli", "zlib streams"},
		{"::Zstd", "zlib streams"},
		{"node::StreamReadSlab", "reading sockets and pipes"},
		{"node::LibuvStreamWrap", "reading sockets and pipes"},
		{"node::EmitToJSStreamListener", "reading sockets and pipes"},
		{"node::crypto::TLSWrap", "TLS"},
		{"node::crypto::NodeBIO", "TLS"},
		{"node::crypto::", "crypto"},
		{"node::http2::", "HTTP/2"},
		{"node::quic::", "QUIC"},
		{"node::fs::", "files"},
		{"node::worker::Message", "messages between threads"},
		{"node::sqlite::", "SQLite"},
		{"node::inspector::", "the inspector"},
		{"node::wasi::", "WASI"},
		{"node::cares_wrap::", "DNS"},
		{"v8::internal::wasm::", "V8's WebAssembly"},
		{"v8::internal::compiler::", "V8's compilers"},
		{"v8::internal::maglev::", "V8's compilers"},
		{"v8::internal::Zone::", "V8's compilers and parser"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strstr(function, all[i].part) != NULL)
			return all[i].work;
	return NULL;
}

bool
runtime_work_is_queue(const char *function)
{
	return strstr(function, "node::worker::Message::Serialize(") != NULL;
}
