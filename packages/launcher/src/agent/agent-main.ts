/**
 * The agent's program. It starts workers on its node and passes frames between them and the head.
 *
 * It never imports user code and stays small, because starting a process blocks the caller in
 * proportion to its memory. Frames are on standard input and output, whatever transport
 * carries them; the streams are opened without the runtime's own `process.stdout`, which would
 * block on a pipe that the head doesn't read for a while.
 *
 * Its arguments are the directory where compiled code is wanted, or an empty text, and, in a batch job, the node's name
 * there and the names of the job's cgroups.
 */
import { flushCompileCache } from "node:module";
import { Socket } from "node:net";
import { shareCompileCache } from "../shared/compile-cache.ts";

const [compileCache = "", node = "", ...folders] = process.argv.slice(2);
if (compileCache !== "")
  shareCompileCache(compileCache, (line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`));
const { Agent } = await import("./agent.ts");
const input = new Socket({ fd: 0, readable: true, writable: false });
const output = new Socket({ fd: 1, readable: false, writable: true });
// A dead head does not read our last words; to end the workers is our duty all the same.
process.stderr.on("error", () => undefined);
const agent = new Agent(input, output, { node, folders });
// The terminal's and the batch system's signals are the head's business: it lets running calls end, and ends its
// agents in order. SIGUSR1 is never heard (head/program-file.ts).
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2"] as const) process.on(signal, () => agent.heard(signal));
if (compileCache !== "") flushCompileCache();
