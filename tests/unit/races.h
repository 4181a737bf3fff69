/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this a build that reports races? It takes several times the memory, and finds a race that a
 * test makes on purpose.
 */
#ifndef TESTS_UNIT_RACES_H
#define TESTS_UNIT_RACES_H

#if defined(__SANITIZE_THREAD__)
#define REPORTS_RACES 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define REPORTS_RACES 1
#endif
#endif
#ifndef REPORTS_RACES
#define REPORTS_RACES 0
#endif

#endif
