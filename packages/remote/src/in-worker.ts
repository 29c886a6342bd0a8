/**
 * Whether this process is a worker. A module of remote functions is imported by every worker;
 * if it starts a program at its top level, that program would start workers again. The functions
 * that start programs ask here and refuse.
 */
const key = Symbol.for("@hyperion-ts/remote.worker");

/** Declares this process to be a worker; for the worker's own start-up code. */
export const enterWorker = (): void => void Reflect.set(globalThis, key, true);

/** Throws a `ProgramInWorkerError` when this process is a worker. `verb` is what was called, e.g. `"runJobLocal"`. */
export function refuseInWorker(verb: string): void {
  if (Reflect.get(globalThis, key) === true || willBeWorker()) throw new ProgramInWorkerError(verb);
}

/** A module that `--import` or `--require` names is loaded before the worker's own code; only who has started the process tells then. */
const willBeWorker = (): boolean => process.env["HYPERION_AGENT_PID"] === String(process.ppid);

/** A module of remote functions starts a program when it is imported. */
export class ProgramInWorkerError extends Error {
  override readonly name = "ProgramInWorkerError";
  readonly code = "program-in-worker";

  constructor(verb: string) {
    super(
      `${verb} was called inside a worker. A worker imports the module that defines a remote function, and this module starts a program when it is imported. ` +
        `Start it only when the file is the main program: if (import.meta.main) { await ${verb}(...) } - or move the functions into a file of their own.`,
    );
  }
}
