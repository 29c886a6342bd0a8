/** How a worker ended, as far as it can be told. */
import { BROKEN_EXIT_CODE, type WorkerEnding, type WorkerExited } from "@hyperion-ts/wire";

/** What ended a worker; `lastOutput` is the last lines that it printed, `usedMb` what it held of memory when that was more than its share. */
export type WorkerDeath =
  /** `blame`: what it said of an earlier call, or of our own code in it, that brought this about. */
  | {
      readonly kind: "exited";
      readonly code: number | null;
      readonly lastOutput: string;
      readonly usedMb?: number;
      readonly blame?: string;
    }
  /** `complaint`: its agent ended it for this. */
  | {
      readonly kind: "killed";
      readonly signal: string;
      readonly lastOutput: string;
      readonly usedMb?: number;
      readonly complaint?: string;
    }
  /** The runtime gave up because its heap was full; with `full`, the kernel killed it because this memory was used up. */
  | { readonly kind: "out-of-memory"; readonly lastOutput: string; readonly usedMb?: number; readonly full?: string }
  /** The connection to its node is gone, and with it whatever ran there. */
  | { readonly kind: "node-lost"; readonly reason: string };

/** How a runtime ends that gives up. */
const ABORTS = new Set(["SIGABRT", "SIGTRAP", "SIGILL"]);

/** Our own code has failed; or the runtime's own handler of uncaught errors, which exits with 7 (nodejs.org/api/process.html, "Exit codes"). */
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

/** What a runtime prints that gets no further thread, process, descriptor or memory (pthread_create(3), fork(2), open(2), mmap(2)). */
const AT_A_LIMIT = [
  [
    /uv_thread_create|pthread_create: |Resource temporarily unavailable|\bEAGAIN\b/,
    "a limit of processes and threads is reached (ulimit -u, or a cgroup's pids.max)",
  ],
  [
    /\b(?:EMFILE|ENFILE)\b|Too many open files/i,
    "a limit of open files is reached (ulimit -n, or the machine's fs.file-max)",
  ],
  [
    /\bENOMEM\b|Cannot allocate memory|std::bad_alloc|Failed to reserve/,
    "no memory is left for another process (ulimit -v, a cgroup's limit, or the machine's)",
  ],
] as const;

/** Where a runtime that gives up begins to print its own insides: they tell nobody more than its log file does. */
const INSIDES = /^(?:<--- Last few GCs --->|-+ (?:Native|JavaScript) stack trace -+)[^]*/m;

/** Which limit a worker has met that died before it was ready, if it has met one. `seen`: the one that its agent saw. */
export function limitMet(death: WorkerDeath, seen: string | undefined): string | undefined {
  if (seen !== undefined || !("lastOutput" in death)) return seen;
  if (death.kind === "out-of-memory" && death.full !== undefined) return death.full;
  const printed = death.lastOutput.replace(INSIDES, "");
  return AT_A_LIMIT.find(([sign]) => sign.test(printed))?.[1];
}

/** All that is known of an end before the beginning: the limit that was met, or what the worker printed of its own accord. */
export function describeFailedStart(death: WorkerDeath, limit: string | undefined): string {
  if (limit !== undefined) return limit;
  if (!("lastOutput" in death)) return describeDeath(death);
  const printed = death.kind === "out-of-memory" ? "" : death.lastOutput.replace(INSIDES, "").trim();
  return `${describeDeath({ ...death, lastOutput: "" })} before it was ready${printed === "" ? "" : `: ${printed}`}`;
}

/** One line for a message. */
export function describeDeath(death: WorkerDeath): string {
  switch (death.kind) {
    case "exited":
      return `the worker exited with code ${death.code}${death.blame === undefined ? lastWords(death.lastOutput) : `: ${death.blame}`}`;
    case "killed":
      return death.complaint === undefined
        ? `the worker was killed by ${death.signal}${lastWords(death.lastOutput)}`
        : `the worker was ended by its agent: ${death.complaint}`;
    case "out-of-memory":
      return death.full === undefined ? "the worker ran out of memory" : `the kernel killed the worker: ${death.full}`;
    case "node-lost":
      return `the node was lost: ${death.reason}`;
    default:
      return death satisfies never;
  }
}

function lastWords(output: string): string {
  const line = lastLine(output);
  return line === "" ? "" : `; it last printed: ${line}`;
}

/** Its last line; of an error the line with its message, and not the end of its stack. */
function lastLine(output: string): string {
  const lines = output
    .trim()
    .split("\n")
    .map((line) => line.replace(LINE_PREFIX, ""));
  return lines.findLast((line) => !BELOW_AN_ERROR.test(line)) ?? lines.at(-1) ?? "";
}

/** What stands before each line that a worker prints (worker/log-lines.ts). */
const LINE_PREFIX = /^\d{4}-\d\d-\d\dT[\d:.]+Z (?:#\d+ )?/;
/** Stack frames, fields and causes are indented; the runtime closes with a brace, or with its version. */
const BELOW_AN_ERROR = /^(?:\s|[\]}]|Node\.js v\d|$)/;

/** A worker ended under a call that was made to it directly. */
export class WorkerDiedError extends Error {
  override readonly name = "WorkerDiedError";
  readonly code = "worker-died";
  readonly death: WorkerDeath;

  constructor(functionName: string, node: string, death: WorkerDeath) {
    super(`The worker on ${node} ended while it ran "${functionName}": ${describeDeath(death)}`);
    this.death = death;
  }
}

/** A worker, or the agent of a node, that did not come up. */
export class LaunchError extends Error {
  override readonly name = "LaunchError";
  readonly code = "launch-failed";
  readonly node: string;
  /** Whether another attempt may succeed. */
  readonly transient: boolean;
  /** Which limit is reached, where the node's workers are as many as one leaves room for. */
  readonly full: string | undefined;

  constructor(
    node: string,
    detail: string,
    {
      transient = false,
      full,
      ...options
    }: ErrorOptions & { readonly transient?: boolean; readonly full?: string } = {},
  ) {
    super(`Could not start ${detail}`, options);
    this.node = node;
    this.transient = transient;
    this.full = full;
  }
}
