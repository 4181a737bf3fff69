# SPDX-License-Identifier: Apache-2.0
# Verdicts on series whose answer is known, thousands of them: `make verdicts SEEDS=1000`; `make check` a few of each.
WORLDS = %D%/world.c %D%/world.h %D%/stories_known.c %D%/stories_own.c %D%/stories_young.c
check_PROGRAMS += %D%/test_worlds %D%/judge_worlds %D%/test_script_worlds
TESTS += %D%/test_worlds %D%/test_script_worlds
%C%_test_worlds_SOURCES = %D%/test_worlds.c $(WORLDS)
%C%_test_worlds_LDADD = $(UNIT_LIBS) $(TOOLS_LIBS) -lm
%C%_judge_worlds_SOURCES = %D%/judge_worlds.c $(WORLDS)
%C%_judge_worlds_LDADD = $(UNIT_LIBS) $(TOOLS_LIBS) -lm
%C%_test_script_worlds_SOURCES = %D%/test_script_worlds.c $(WORLDS)
%C%_test_script_worlds_LDADD = $(UNIT_LIBS) $(TOOLS_LIBS) -lm

SEEDS = 1000
verdicts: %D%/judge_worlds %D%/test_script_worlds
	$(builddir)/%D%/judge_worlds $(SEEDS)
	$(builddir)/%D%/test_script_worlds $(SEEDS)
