/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a Node's inspector will be, by its command line; lines of /proc/net/tcp.
 */
#include "tests/tap.h"
#include "tools/host/inspectable.h"
#include "tools/read/listeners.h"

#define PORT(arguments, options)                                                         \
	inspectable_port(arguments, sizeof(arguments) - 1, options, &active, &no_signal)

TEST(the_port_is_told)
{
	bool active, no_signal;

	CHECK_EQ(PORT("node\0app.js\0", NULL), 9229);
	CHECK(!active && !no_signal);
	CHECK_EQ(PORT("node\0--inspect\0app.js\0", NULL), 9229);
	CHECK(active);
	CHECK_EQ(PORT("node\0--inspect=0.0.0.0:1234\0app.js\0", NULL), 1234);
	CHECK_EQ(PORT("node\0--inspect-port=77\0app.js\0", NULL), 77);
	CHECK(!active);
	CHECK_EQ(PORT("node\0app.js\0",
		      "--max-old-space-size=9 --inspect-port=[::1]:78 --no-x"),
		 78);
	CHECK_EQ(PORT("node\0--inspect-port=80\0app.js\0", "--inspect-port=79"), 80);
	CHECK_EQ(PORT("node\0app.js\0--inspect-port=81\0--disable-sigusr1\0", NULL),
		 9229);
	CHECK(!no_signal);
	CHECK_EQ(PORT("node\0--disable-sigusr1\0app.js\0", NULL), 9229);
	CHECK(no_signal);
	PORT("node\0app.js\0", "--disable-sigusr1");
	CHECK(no_signal);
	CHECK_EQ(PORT("node\0--inspect-port=99999\0app.js\0", NULL), 9229);
	CHECK_EQ(PORT("node\0--inspector\0app.js\0", NULL), 9229);
	CHECK(!active);
}

TEST(listeners_are_parsed)
{
	struct listener l;

	CHECK(listeners_parse(
		"   0: 0100007F:240D 00000000:0000 0A 00000000:00000000 "
		"00:00000000 00000000     0        0 12345 1 0000 100 0 0 10 0",
		false, &l));
	CHECK_EQ(l.port, 9229);
	CHECK_EQ(l.inode, 12345);
	/* Connected; of another address of this machine; a heading; nonsense. */
	CHECK(!listeners_parse("   0: 0100007F:240D 0100007F:1234 01 00000000:00000000 "
			       "00:00000000 00000000     0        0 12345 1 0000",
			       false, &l));
	CHECK(!listeners_parse("   0: 0101A8C0:240D 00000000:0000 0A 00000000:00000000 "
			       "00:00000000 00000000     0        0 12345 1 0000",
			       false, &l));
	CHECK(!listeners_parse("  sl  local_address rem_address   st tx_queue", false,
			       &l));
	CHECK(!listeners_parse("", true, &l));
	CHECK(listeners_parse(
		"   0: 00000000000000000000000001000000:240D "
		"00000000000000000000000000000000:0000 0A 00000000:00000000 "
		"00:00000000 00000000     0        0 7 1 0000",
		true, &l));
	CHECK(l.v6);
}

#define TAP_TESTS                                                                        \
	T(the_port_is_told)                                                              \
	T(listeners_are_parsed)
TAP_MAIN()
