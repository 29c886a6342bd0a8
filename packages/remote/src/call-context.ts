/** What a running function is told about its call. */

/** The second argument of a remote function. */
export interface CallContext {
  /** The CPUs that this call may use. The worker is pinned to these ids where ids are known. */
  readonly cpus: { readonly count: number; readonly ids: readonly number[] };
  /** The GPUs that this call may use, by the names that CUDA_VISIBLE_DEVICES takes: `"0"`, `"MIG-377e0049"`; empty if it asked for none. */
  readonly gpuIds: readonly string[];
  /** Aborts when the caller no longer wants the result. Long computations should look at it. */
  readonly signal: AbortSignal;
  /** The name of the node that the call runs on. */
  readonly node: string;
  /** 1 for the first attempt; more after a worker or a node was lost under the call. */
  readonly attempt: number;
  /** Writes one line into the worker's log file, with the call's id before it. */
  readonly log: (message: string) => void;
  /**
   * Runs an external program on the call's CPUs, without a shell, and returns what it printed.
   * The program ends with the call.
   *
   * @throws ExecError when it can't be started or exits with another code than 0; TypeError when an option is wrong or
   *   unknown. Both as rejections.
   */
  readonly exec: (file: string, args?: readonly string[], options?: ExecOptions) => Promise<ExecResult>;
}

/** How `ctx.exec` runs a program. */
export interface ExecOptions {
  /** Default: the worker's directory. */
  readonly cwd?: string;
  /** Variables beside those of the worker. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the program reads on its standard input; default: nothing. */
  readonly input?: string | Uint8Array;
}

/** What a program printed that ended with code 0, as UTF-8 text. */
export interface ExecResult {
  /** All of it, a newline at its end too. */
  readonly stdout: string;
  /** As `stdout`. */
  readonly stderr: string;
}
