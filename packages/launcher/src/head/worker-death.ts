/** How a worker ended, as far as it can be told from what its agent saw and what it printed. */
import { BROKEN_EXIT_CODE, type WorkerEnding, type WorkerExited } from "@hyperion-ts/wire";
import { describeDeath, lastLine, type WorkerDeath } from "./worker-died-error.ts";

/** The signals by which a runtime ends that gives up. */
const ABORTS = new Set(["SIGABRT", "SIGTRAP", "SIGILL"]);

/** The exit codes of a worker in which our own code has failed, or the runtime's own handler of uncaught errors (7: nodejs.org/api/process.html, "Exit codes"). */
const BROKEN = new Set([BROKEN_EXIT_CODE, 7]);

/** Reads a death from what the agent saw (`usedMb`: that it held more memory than its share), and what the worker said before, if it could. */
export function deathOf(
  { exit, lastOutput, complaint, outOfMemory }: WorkerExited,
  ending?: WorkerEnding,
  usedMb?: number,
): WorkerDeath {
  const seen = { lastOutput, ...(usedMb === undefined ? {} : { usedMb }) };
  if (outOfMemory !== undefined) return { kind: "out-of-memory", ...seen, full: outOfMemory };
  if (ABORTS.has(exit.signal ?? "") && /out of memory|std::bad_alloc/i.test(lastOutput))
    return { kind: "out-of-memory", ...seen };
  if (exit.signal !== null)
    return { kind: "killed", signal: exit.signal, ...seen, ...(complaint === undefined ? {} : { complaint }) };
  const blame =
    ending?.cause === "answered" || ending?.cause === "worker"
      ? ending.why
      : BROKEN.has(exit.code ?? 0)
        ? lastLine(lastOutput)
        : "";
  return { kind: "exited", code: exit.code, ...seen, ...(blame === "" ? {} : { blame }) };
}

/** Whether it ended because our own code, or the runtime's, failed in it, and perhaps could not say so. */
export const isBroken = (death: WorkerDeath): boolean => death.kind === "exited" && BROKEN.has(death.code ?? 0);

/** What is printed, and who prints it. */
type Saying = readonly [saying: RegExp, who: string];

/** Limits, and what a runtime prints that gets no further thread, process, descriptor or memory (pthread_create(3), fork(2), open(2), mmap(2)). */
const LIMITS: readonly { readonly limit: string; readonly says: readonly Saying[] }[] = [
  {
    limit: "a limit of processes and threads is reached (ulimit -u, or a cgroup's pids.max)",
    says: [
      [/uv_thread_create/, "Node.js, of its pool"],
      [/pthread_create: /, "Node.js, of its own threads"],
      [/Resource temporarily unavailable/, "EAGAIN in words"],
      [/\bEAGAIN\b/, "Node.js, of a process"],
    ],
  },
  {
    limit: "a limit of open files is reached (ulimit -n, or the machine's fs.file-max)",
    says: [
      [/\bEMFILE\b/i, "Node.js, at the process's limit"],
      [/\bENFILE\b/i, "Node.js, at the machine's limit"],
      [/Too many open files/i, "either in words"],
    ],
  },
  {
    limit: "no memory is left for another process (ulimit -v, a cgroup's limit, or the machine's)",
    says: [
      [/\bENOMEM\b/, "Node.js"],
      [/Cannot allocate memory/, "ENOMEM in words"],
      [/std::bad_alloc/, "C++"],
      [/Failed to reserve/, "V8, of its address space"],
    ],
  },
];

/** What a runtime that gives up prints of its own insides, from its first line on: nobody learns more from it than from the log file. */
const INSIDES = /^(?:<--- Last few GCs --->|-+ (?:Native|JavaScript) stack trace -+)[^]*/m;

/** Which limit a worker has met that died before it was ready; undefined: none. `seen`: the limit that its agent saw. */
export function limitMet(death: WorkerDeath, seen: string | undefined): string | undefined {
  if (seen !== undefined || !("lastOutput" in death)) return seen;
  if (death.kind === "out-of-memory" && death.full !== undefined) return death.full;
  const printed = death.lastOutput.replace(INSIDES, "");
  return LIMITS.find(({ says }) => says.some(([saying]) => saying.test(printed)))?.limit;
}

/** Why a worker ended before it was ready: the limit that it met, or what it printed of its own accord. */
export function describeFailedStart(death: WorkerDeath, limit: string | undefined): string {
  if (limit !== undefined) return limit;
  if (!("lastOutput" in death)) return describeDeath(death);
  const printed = death.kind === "out-of-memory" ? "" : death.lastOutput.replace(INSIDES, "").trim();
  return `${describeDeath({ ...death, lastOutput: "" })} before it was ready${printed === "" ? "" : `: ${printed}`}`;
}
