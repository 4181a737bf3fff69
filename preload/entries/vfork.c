/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vfork, made once more where the kernel had no room for a task but the clock's (task.c). Its child runs on the
 * frame of whoever called it, so that no function of C can stand in between: the address to return to waits in a
 * register meanwhile, as in the C library's own. Where somebody else's comes behind weir's, that one is called.
 */
#include <errno.h>
#include <stdbool.h>

#include "preload/entries/task.h"

/* What is jumped to instead: NULL, it is the C library's. */
void *weir_vfork_other __attribute__((visibility("hidden")));

/* Called by the parent; there is no child. */
bool weir_vfork_refused(int error) __attribute__((visibility("hidden"), used));

bool
weir_vfork_refused(int error)
{
	int saved_errno = errno;

	if (!task_made_room(error)) {
		errno = error;
		return false;
	}
	errno = saved_errno;
	return true;
}

void
task_vfork_is(void *other)
{
	weir_vfork_other = other;
}

#if defined(__x86_64__)
/* A child leaves the shadow stack, which is its parent's too, as it is. */
__asm__(".text\n"
	".globl vfork\n"
	".type vfork, @function\n"
	"vfork:\n"
	"	.cfi_startproc\n"
	"	endbr64\n"
	"	movq weir_vfork_other(%rip), %rax\n"
	"	testq %rax, %rax\n"
	"	jne 4f\n"
	"1:	popq %rdi\n"
	"	.cfi_adjust_cfa_offset -8\n"
	"	.cfi_register %rip, %rdi\n"
	"	movl $58, %eax\n"
	"	syscall\n"
	"	pushq %rdi\n"
	"	.cfi_adjust_cfa_offset 8\n"
	"	.cfi_restore %rip\n"
	"	testl %eax, %eax\n"
	"	jg 2f\n"
	"	jl 3f\n"
	"	xorl %edx, %edx\n"
	"	rdsspq %rdx\n"
	"	testq %rdx, %rdx\n"
	"	je 2f\n"
	"	popq %rdi\n"
	"	jmp *%rdi\n"
	"2:	ret\n"
	"3:	negl %eax\n"
	"	movl %eax, %edi\n"
	"	subq $8, %rsp\n"
	"	.cfi_adjust_cfa_offset 8\n"
	"	call weir_vfork_refused\n"
	"	addq $8, %rsp\n"
	"	.cfi_adjust_cfa_offset -8\n"
	"	testb %al, %al\n"
	"	jne 1b\n"
	"	movl $-1, %eax\n"
	"	ret\n"
	"4:	jmp *%rax\n"
	"	.cfi_endproc\n"
	".size vfork, .-vfork\n");
#elif defined(__aarch64__)
__asm__(".text\n"
	".globl vfork\n"
	".type vfork, %function\n"
	"vfork:\n"
	"	.cfi_startproc\n"
	"	hint #34\n"
	"	adrp x16, weir_vfork_other\n"
	"	ldr x16, [x16, #:lo12:weir_vfork_other]\n"
	"	cbnz x16, 3f\n"
	"1:	mov x0, #0x4111\n" /* CLONE_VM | CLONE_VFORK | SIGCHLD */
	"	mov x1, #0\n"
	"	mov x2, #0\n"
	"	mov x3, #0\n"
	"	mov x4, #0\n"
	"	mov x8, #220\n"
	"	svc #0\n"
	"	tbnz w0, #31, 2f\n"
	"	ret\n"
	"2:	stp x29, x30, [sp, #-16]!\n"
	"	.cfi_adjust_cfa_offset 16\n"
	"	.cfi_rel_offset x29, 0\n"
	"	.cfi_rel_offset x30, 8\n"
	"	neg w0, w0\n"
	"	bl weir_vfork_refused\n"
	"	ldp x29, x30, [sp], #16\n"
	"	.cfi_adjust_cfa_offset -16\n"
	"	.cfi_restore x29\n"
	"	.cfi_restore x30\n"
	"	tbnz w0, #0, 1b\n"
	"	mov w0, #-1\n"
	"	ret\n"
	"3:	br x16\n"
	"	.cfi_endproc\n"
	".size vfork, .-vfork\n");
#endif
