/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counters of a sidecar's slot (weir/stats.h), and the parts of resident memory among them. Layout only. Units:
 * *_bytes are bytes, *_ns nanoseconds, everything else a count.
 */
#ifndef WEIR_COUNTERS_H
#define WEIR_COUNTERS_H

/*
 * One list of counters feeds the layout, `weir stat`, its JSON and doc/sidecar.md:
 * X(name, kind, unit, group, meaning). kind: counter (only grows) or gauge.
 * Order is the ABI: append only.
 */
#define WEIR_COUNTERS(X)                                                                 \
	X(large_requests, counter, count, large, "requests at or above the floor")       \
	X(large_pool, counter, count, large, "of these, served by the graded pool")      \
	X(large_map, counter, count, large, "of these, served by the map tier")          \
	X(large_passed, counter, count, next, "of these, passed to the next allocator")  \
	X(large_requested_bytes, counter, bytes, large,                                  \
	  "bytes asked for by these requests")                                           \
	X(passed_bytes, counter, bytes, next, "bytes asked for by those passed on")      \
	X(scratch_gets, counter, count, scratch, "blocks got through the scratch API")   \
	X(scratch_puts, counter, count, scratch,                                         \
	  "scratch blocks released by the last unref")                                   \
	X(scratch_live, gauge, count, scratch, "scratch blocks held now")                \
	X(scratch_inherited, gauge, count, scratch,                                      \
	  "scratch blocks held when fork made us")                                       \
	X(map_gets, counter, count, map, "blocks asked of the map tier")                 \
	X(map_fresh, counter, count, map, "served by pages never used before")           \
	X(map_recycled_dirty, counter, count, map, "served by recycled, resident pages") \
	X(map_recycled_zero, counter, count, map,                                        \
	  "served by purged pages known to be zero")                                     \
	X(map_refused, counter, count, map, "not served: the request went on")           \
	X(map_puts, counter, count, map, "map blocks given back")                        \
	X(map_live, gauge, count, map, "map blocks in use")                              \
	X(map_inherited, gauge, count, map, "map blocks in use when fork made us")       \
	X(map_live_requested_bytes, gauge, bytes, map, "asked for by the blocks in use") \
	X(map_live_rounding_bytes, gauge, bytes, map, "added to them by rounding")       \
	X(map_live_held_bytes, gauge, bytes, map, "capacity of the blocks in use")       \
	X(map_live_held_peak_bytes, gauge, bytes, map, "the most that ever was")         \
	X(realloc_in_place, counter, count, realloc,                                     \
	  "large reallocs served where they stood")                                      \
	X(realloc_remapped, counter, count, realloc,                                     \
	  "large reallocs that moved page tables")                                       \
	X(realloc_copied, counter, count, realloc, "large reallocs that copied bytes")   \
	X(zeroed_bytes, counter, bytes, calloc, "cleared by memset for calloc")          \
	X(zero_skipped_bytes, counter, bytes, calloc,                                    \
	  "known to be zero: nothing to clear")                                          \
	X(live_held_bytes, gauge, bytes, memory,                                         \
	  "address space of blocks in use, both tiers")                                  \
	X(cached_dirty_bytes, gauge, bytes, memory,                                      \
	  "freed, resident, ready to be recycled")                                       \
	X(cached_clean_bytes, gauge, bytes, memory,                                      \
	  "free address space, known zero, no memory")                                   \
	X(reserved_bytes, gauge, bytes, memory,                                          \
	  "address space reserved, never made usable")                                   \
	X(region_bytes, gauge, bytes, memory, "address space of all regions")            \
	X(region_peak_bytes, gauge, bytes, memory, "the most that ever was")             \
	X(metadata_bytes, gauge, bytes, memory, "weir's own tables and stacks")          \
	X(resident_bytes, gauge, bytes, memory,                                          \
	  "resident bytes in weir's regions, sampled")                                   \
	X(rss_bytes, gauge, bytes, memory, "resident, the whole process, sampled")       \
	X(rss_peak_bytes, gauge, bytes, memory, "VmHWM of the process")                  \
	X(recycled_bytes, counter, bytes, memory, "served from resident free pages")     \
	X(fresh_bytes, counter, bytes, memory, "served from pages new or purged")        \
	X(purges, counter, count, memory, "purge calls to the kernel")                   \
	X(purged_bytes, counter, bytes, memory, "given back by purges")                  \
	X(purge_failed, counter, count, memory, "purge calls the kernel refused")        \
	X(trims, counter, count, memory, "malloc_trim calls that emptied weir's caches") \
	X(cache_cap_bytes, gauge, bytes, memory, "bound on cached_dirty_bytes now")      \
	X(cgroup_limit_bytes, gauge, bytes, memory, "tightest memory limit, 0: none")    \
	X(misuse, counter, count, health, "frees of a large block that was not in use")  \
	X(deferred_frees, counter, count, health, "frees from inside weir, done later")  \
	X(sidecar_writes, counter, count, health, "writes of this file")                 \
	X(sidecar_failed, counter, count, health, "writes of this file that failed")     \
	X(sidecar_errno, gauge, count, health, "errno of the last that failed")          \
	X(timer_ticks, counter, count, health, "wake-ups of the background thread")      \
	X(timer_cpu_ns, counter, ns, health, "processor time of the background thread")  \
	X(timer_failed, counter, count, health, "times the thread did not start")        \
	X(gathers, counter, count, memory, "blocks whose pages were moved together")     \
	X(gathered_bytes, counter, bytes, memory, "of recycled_bytes, pages moved")      \
	X(offered_bytes, counter, bytes, memory,                                         \
	  "freed under a memory limit: kept, and the kernel's to take")                  \
	X(offer_failed, counter, count, memory, "of these, calls the kernel refused")    \
	X(sampling_on_ns, gauge, ns, small,                                              \
	  "CLOCK_MONOTONIC when small blocks began to be sampled, 0: never")             \
	X(sampling_off_ns, gauge, ns, small, "when that last ended, 0: never")           \
	X(sampling_starts, counter, count, small, "times that it began")                 \
	X(sampling_grown_bytes, gauge, bytes, small,                                     \
	  "by so much what weir does not serve had grown then, 0: it was asked for")     \
	X(account_ns, gauge, ns, account,                                                \
	  "when the parts below were looked at, by the monotonic clock; 0: never")       \
	X(part_live_bytes, gauge, bytes, account,                                        \
	  "resident then in blocks in use that weir serves")                             \
	X(part_cached_bytes, gauge, bytes, account, "free, kept by weir")                \
	X(part_tables_bytes, gauge, bytes, account, "in weir's own tables")              \
	X(part_script_bytes, gauge, bytes, account, "in V8's heap")                      \
	X(part_code_bytes, gauge, bytes, account, "in code made at run time")            \
	X(part_maps_bytes, gauge, bytes, account,                                        \
	  "in anonymous mappings that the program made itself")                          \
	X(part_next_bytes, gauge, bytes, account, "in the next allocator's heaps")       \
	X(part_stacks_bytes, gauge, bytes, account, "in threads' stacks")                \
	X(part_files_bytes, gauge, bytes, account, "in files: programs, libraries")      \
	X(part_shared_bytes, gauge, bytes, account, "in shared memory")                  \
	X(part_rest_bytes, gauge, bytes, account, "in none of these")                    \
	X(v8, gauge, count, account, "1: V8 runs here")                                  \
	X(script_used_bytes, gauge, bytes, account,                                      \
	  "V8's heap in use, at the last collection; 0: not known")                      \
	X(next_used_bytes, gauge, bytes, account,                                        \
	  "in use in the next allocator, by its own account")                            \
	X(next_used_ns, gauge, ns, account, "when it said so; 0: never")                 \
	X(maps_seen, counter, count, account,                                            \
	  "anonymous mappings of 128 KB and more that the program was seen to make")     \
	X(maps_lost, counter, count, account,                                            \
	  "of these, not recorded: there was no room")                                   \
	X(large_observed, counter, count, next,                                          \
	  "of the requests, served by the process's own allocator and recorded: weir "   \
	  "is attached")                                                                 \
	X(sampling_mode, gauge, count, small,                                            \
	  "0: never, 1: while what weir does not serve grows, 2: always")                \
	X(next_trims, counter, count, next, "trims of the next allocator by weir")       \
	X(next_trims_under_load, counter, count, next, "... while the program worked")   \
	X(next_trims_put_off, counter, count, next, "no room to serve it meanwhile")     \
	X(next_trimmed_bytes, counter, bytes, next, "given back by these trims")         \
	X(next_trim_ns, counter, ns, next, "how long they took, all together")           \
	X(next_trim_longest_ns, gauge, ns, next, "how long the longest took")            \
	X(aside_blocks, counter, count, next, "small, served by weir during a trim")     \
	X(aside_refused, counter, count, next, "... no room: these may have waited")     \
	X(silent, gauge, count, health, "1: the record ended, for a filter of calls")

/*
 * Where resident memory is: each mapping's resident pages belong to one of these, so that they add up to
 * all. X(id, name, meaning). The counter of a part is WEIR_C_part_live_bytes + id. Order is the ABI.
 */
#define WEIR_MEMORY_PARTS(X)                                                             \
	X(LIVE, "live", "weir's blocks in use")                                          \
	X(CACHED, "cached", "free, kept by weir")                                        \
	X(TABLES, "tables", "weir's own tables")                                         \
	X(SCRIPT, "script", "V8's heap")                                                 \
	X(CODE, "code", "code made at run time")                                         \
	X(MAPS, "maps", "mapped by the program itself")                                  \
	X(NEXT, "next", "the program's own allocator")                                   \
	X(STACKS, "stacks", "stacks of threads")                                         \
	X(FILES, "files", "files: programs and libraries")                               \
	X(SHARED, "shared", "shared memory")                                             \
	X(REST, "rest", "the rest")

enum weir_memory_part {
#define X(id, name, meaning) WEIR_PART_OF_##id,
	WEIR_MEMORY_PARTS(X)
#undef X
		WEIR_N_MEMORY_PARTS
};

enum weir_counter {
#define X(name, kind, unit, group, meaning) WEIR_C_##name,
	WEIR_COUNTERS(X)
#undef X
		WEIR_N_COUNTERS
};

#endif
