/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin of qemu-user (version 1 of its interface, which is declared here as far as it is used): counts the
 * instructions that a guest executes between its calls of MARK. simdutf_bench says so where there is no such clock.
 */
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define MARK                                                                             \
	1000000 /* no system call's number: 0 begins, 1 ends the first of two, 2 the second */

struct qemu_plugin_tb;
typedef uint64_t plugin_id;
enum plugin_op { ADD_U64 };
typedef void translated(plugin_id id, struct qemu_plugin_tb *tb);
typedef void called(plugin_id id, unsigned cpu, int64_t number, uint64_t a1, uint64_t a2,
		    uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7,
		    uint64_t a8);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, translated *cb);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb,
					      enum plugin_op op, void *to, uint64_t n);
void qemu_plugin_register_vcpu_syscall_cb(plugin_id id, called *cb);
int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv);

extern int qemu_plugin_version;
int qemu_plugin_version = 1;

static uint64_t executed, from, first;

static void
on_translated(plugin_id id, struct qemu_plugin_tb *tb)
{
	(void)id;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, ADD_U64, &executed,
						 qemu_plugin_tb_n_insns(tb));
}

static void
on_call(plugin_id id, unsigned cpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3,
	uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8)
{
	if (number != MARK)
		return;
	if (a1 == 1)
		first = executed - from;
	if (a1 == 2)
		dprintf(STDOUT_FILENO, " | %9llu %5.2f", (unsigned long long)first,
			(double)(executed - from) / (double)first);
	from = executed;
	(void)id, (void)cpu, (void)a2, (void)a3, (void)a4, (void)a5, (void)a6, (void)a7,
		(void)a8;
}

int
qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	(void)info, (void)argc, (void)argv;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translated);
	qemu_plugin_register_vcpu_syscall_cb(id, on_call);
	return 0;
}
