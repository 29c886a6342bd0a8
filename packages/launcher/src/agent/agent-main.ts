/**
 * The agent's program. It starts workers on its node and passes frames between them and the head.
 *
 * It never imports user code and stays small, because starting a process blocks the caller in
 * proportion to its memory. Frames are on standard input and output, whatever transport
 * carries them; the streams are opened without the runtime's own `process.stdout`, which would
 * block on a pipe that the head doesn't read for a while.
 *
 * Its argument, if there is one, is the directory where compiled code is kept.
 */
import { enableCompileCache, flushCompileCache } from "node:module";
import { Socket } from "node:net";

const [compileCache] = process.argv.slice(2);
if (compileCache !== undefined) enableCompileCache(compileCache);
const { Agent } = await import("./agent.ts");
const input = new Socket({ fd: 0, readable: true, writable: false });
const output = new Socket({ fd: 1, readable: false, writable: true });
// A dead head does not read our last words; to end the workers is our duty all the same.
process.stderr.on("error", () => undefined);
const agent = new Agent(input, output);
// The terminal's and the batch system's signals are the head's business: it ends its agents in order.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => agent.end(`received ${signal}`));
if (compileCache !== undefined) flushCompileCache();
