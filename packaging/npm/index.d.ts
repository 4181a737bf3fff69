/** The command's file, for child_process. */
export const command: string;
/** The library's file, for LD_PRELOAD. */
export const preload: string;
/** An environment for child_process in which the child runs under weir: `base` (process.env) and what weir needs. */
export function env(options?: Record<string, string | number | boolean>, base?: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
/** Starts a program under weir; the arguments are those of child_process.spawn. */
export function run(
	program: string,
	args?: readonly string[],
	options?: import('child_process').SpawnOptions & { weir?: Record<string, string | number | boolean> },
): import('child_process').ChildProcess;
