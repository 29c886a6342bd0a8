/** How workers die: as data, in words, and as the error of a call that was made to one directly. */

/** A worker ended under a call that was made to it directly. */
export class WorkerDiedError extends Error {
  override readonly name = "WorkerDiedError";
  /** The code of this class. */
  readonly code = "worker-died";
  /** How it ended. */
  readonly death: WorkerDeath;

  /** `functionName` and `node` are for the message. */
  constructor(functionName: string, node: string, death: WorkerDeath) {
    super(`The worker on ${node} ended while it ran "${functionName}": ${describeDeath(death)}`);
    this.death = death;
  }
}

/** What ended a worker; `lastOutput` is the last lines that it printed, `usedMb` what it held of memory when that was more than its share. */
export type WorkerDeath =
  /** It exited. `blame`: what it said of an earlier call, or of our own code in it, that brought this about. */
  | {
      readonly kind: "exited";
      readonly code: number | null;
      readonly lastOutput: string;
      readonly usedMb?: number;
      readonly blame?: string;
    }
  /** A signal ended it. `complaint`: why its agent ended it. */
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

/** A death in one line, for a message. */
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

/** The last line that a worker printed; of an error the line with its message, and not the end of its stack. */
export function lastLine(output: string): string {
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
