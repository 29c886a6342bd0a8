/** How a worker ended, as far as it can be told. */
import type { WorkerExited } from "@hyperion-ts/wire";

/** What ended a worker; `lastOutput` is the last lines that it printed. */
export type WorkerDeath =
  | { readonly kind: "exited"; readonly code: number | null; readonly lastOutput: string }
  | { readonly kind: "killed"; readonly signal: string; readonly lastOutput: string }
  /** The runtime gave up because its heap was full. */
  | { readonly kind: "out-of-memory"; readonly lastOutput: string }
  /** The connection to its node is gone, and with it whatever ran there. */
  | { readonly kind: "node-lost"; readonly reason: string };

/** How a runtime ends that gives up. */
const ABORTS = new Set(["SIGABRT", "SIGTRAP", "SIGILL"]);

/** Reads a death from what the agent saw. */
export function deathOf({ exit, lastOutput }: WorkerExited): WorkerDeath {
  if (ABORTS.has(exit.signal ?? "") && /out of memory|std::bad_alloc/i.test(lastOutput)) return { kind: "out-of-memory", lastOutput };
  if (exit.signal !== null) return { kind: "killed", signal: exit.signal, lastOutput };
  return { kind: "exited", code: exit.code, lastOutput };
}

/** One line for a message. */
export function describeDeath(death: WorkerDeath): string {
  switch (death.kind) {
    case "exited":
      return `the worker exited with code ${death.code}${lastLine(death.lastOutput)}`;
    case "killed":
      return `the worker was killed by ${death.signal}${lastLine(death.lastOutput)}`;
    case "out-of-memory":
      return "the worker ran out of memory";
    case "node-lost":
      return `the node was lost: ${death.reason}`;
    default:
      return death satisfies never;
  }
}

const lastLine = (output: string): string => {
  const line = output.trim().split("\n").at(-1) ?? "";
  return line === "" ? "" : `; it last printed: ${line}`;
};

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

  constructor(node: string, detail: string, options?: ErrorOptions) {
    super(`Could not start ${detail}`, options);
    this.node = node;
  }
}
