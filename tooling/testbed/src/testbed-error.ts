/** The one error of this package. What a command in the cluster answers is data and never this error. */

/**
 * What went wrong, stable across versions.
 * - `missing`: no cluster can be made on this machine; the message is that of `testbedMissing()`.
 * - `bad-options`: the options contradict themselves or name what is not there.
 * - `not-started`: a part of the cluster did not come up; the message ends with its log.
 * - `timeout`: a condition was not met in time; the message says which, and what was seen instead.
 * - `unknown-node`: there is no node of that name.
 * - `node-stopped`: the node is without power, so nothing can be run on it.
 * - `slurm-refused`: a Slurm command failed; the message has what it said.
 * - `system-command`: a command of the machine (ip, mount, ...) failed.
 * - `cluster-gone`: the cluster has ended.
 */
export type TestbedErrorCode =
  | "missing"
  | "bad-options"
  | "not-started"
  | "timeout"
  | "unknown-node"
  | "node-stopped"
  | "slurm-refused"
  | "system-command"
  | "cluster-gone";

/** What this package throws. */
export class TestbedError extends Error {
  override readonly name = "TestbedError";
  /** What went wrong; see `TestbedErrorCode`. */
  readonly code: TestbedErrorCode;

  /** `options.cause` is the error below, where there is one. */
  constructor(code: TestbedErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
