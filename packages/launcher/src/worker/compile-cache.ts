/**
 * Where the programs of agents and workers keep compiled code. The runtime has to know it before it loads a program's first
 * file, or that file is compiled anew at each start, and where it is TypeScript the compiler is loaded for it: 11 MB
 * of memory in each process. So it is told by the runtime's own variable; programs of users don't see it.
 */
// As a whole: an old Node can't link a name that it does not have, and would not come as far as to say that it is too old.
import nodeModule from "node:module";

const VARIABLE = "NODE_COMPILE_CACHE";

/** The variable for a process that is to keep its compiled code in `directory`. A person's own choice comes first. */
export const compileCacheVariable = (directory: string | undefined): Record<string, string> => (directory === undefined || process.env[VARIABLE] !== undefined ? {} : { [VARIABLE]: directory });

/** Keeps what this process compiles in `directory`, and lets those that it starts do the same. */
export function shareCompileCache(directory: string): void {
  nodeModule.enableCompileCache(directory);
  process.env[VARIABLE] ??= directory;
}

/** Keeps what this process compiles in `directory`, and no other's. */
export function useCompileCache(directory: string): void {
  nodeModule.enableCompileCache(directory);
  if (process.env[VARIABLE] === directory) delete process.env[VARIABLE];
}
