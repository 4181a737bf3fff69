/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The look for a filter that came without a word. In a file of its own: whoever does not stand before prctl
 * (observe/) looks as well.
 */
#include "preload/machine/facts.h"
#include "preload/machine/filter_lacks.h"
#include "trace/ground/vm_calls.h"

void
filter_look(void)
{
	if (vm_calls_allowed() && facts_is_filtered())
		vm_calls_forbid();
}
