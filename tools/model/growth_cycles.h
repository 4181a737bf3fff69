/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of a runtime that counts references (CPython): what grows, and that only its collector of cycles would free, is not held yet.
 * Asked by growth_verdict.c once its own rules have decided. Pure.
 */
#ifndef TOOLS_GROWTH_CYCLES_H
#define TOOLS_GROWTH_CYCLES_H

#include "tools/model/growth_rules.h"
#include "tools/model/growth_verdict.h"

/* The rule that decides instead, or NULL. */
const struct growth_rule *growth_cycles(const struct growth_evidence *e,
					enum growth_verdict by_rules);

/* All of them; NULL beyond. */
const struct growth_rule *growth_cycles_rule(size_t i);

#endif
