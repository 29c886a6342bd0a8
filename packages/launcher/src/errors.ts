/** The error of this package that a program meets: every worker loads it with the user's module, and nothing else of a head. */

/** A worker, or the agent of a node, that did not come up. */
export class LaunchError extends Error {
  override readonly name = "LaunchError";
  /** The code of this class. */
  readonly code = "launch-failed";
  /** The name of the node; an empty text where several are meant. */
  readonly node: string;
  /** Whether another attempt may succeed. */
  readonly transient: boolean;
  /** Which limit is reached, where the node's workers are as many as one leaves room for. */
  readonly full: string | undefined;

  /** `detail` goes on from "Could not start": "a worker on n1: ...". */
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
