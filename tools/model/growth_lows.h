/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Few collections are no series: what they leave, and what lived after each, is compared with the time
 * between them. Pure: values in, an answer out.
 */
#ifndef TOOLS_GROWTH_LOWS_H
#define TOOLS_GROWTH_LOWS_H

#include "tools/model/growth_window.h"

/*
 * What lived after the last fall is more than after the first, by a third of what a leak from the beginning on would have
 * brought. Of one fall nothing is known: true.
 */
bool growth_lows_rise(const struct growth_window *w);

/* It has fallen, and what lived after its falls has not risen, or there was only one. */
bool growth_lows_fall_back(const struct growth_window *w);

/*
 * Bytes a second, where collections have left more each time in step with the time since the line began: four of them, or two
 * if what lives is `solid`, as most of it has survived one. `left`: by the last. 0: not so, or the last was too long ago.
 */
double growth_lows_pace(const struct growth_window *w, double first_s, double left,
			bool solid);

#endif
