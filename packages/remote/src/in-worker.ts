/**
 * Whether this process is a worker. A module of remote functions is imported by every worker;
 * if it starts a program at its top level, that program would start workers again. The functions
 * that start programs ask here and refuse.
 */
const KEY = Symbol.for("@hyperion-ts/remote.worker");
const REFUSAL_KEY = Symbol.for("@hyperion-ts/remote.refusal");

/** Names the remote function that calls, if one does. */
type FunctionHere = () => string | undefined;

/** Declares this process to be a worker; for the worker's own start-up code. `functionHere` names the remote function in which it is called, if it is in one. */
export const enterWorker = (functionHere: FunctionHere = () => undefined): void =>
  void Reflect.set(globalThis, KEY, functionHere);

/**
 * Until it is disposed of, the functions that start programs refuse to, as they do in a worker: for a process that is none, and
 * imports a module of functions all the same.
 */
export function refusePrograms(): Disposable {
  const before: unknown = Reflect.get(globalThis, KEY);
  enterWorker();
  return { [Symbol.dispose]: () => void Reflect.set(globalThis, KEY, before) };
}

/**
 * Does nothing outside of workers. `verb` is what was called, e.g. `"runJobLocal"`.
 *
 * @throws NestedCallError in a remote function of a worker; ProgramInWorkerError where a worker imports a module.
 */
export function refuseInWorker(verb: string): void {
  const functionName = remoteFunctionHere();
  if (functionName !== undefined) throw new NestedCallError(verb, functionName);
  if (typeof Reflect.get(globalThis, KEY) !== "function" && !willBeWorker()) return;
  const refusal = new ProgramInWorkerError(verb);
  Reflect.set(globalThis, REFUSAL_KEY, refusal);
  throw refusal;
}

/** The last `ProgramInWorkerError` in this process: a module may catch it, and end the process for it. */
export function refusedProgram(): ProgramInWorkerError | undefined {
  const refusal: unknown = Reflect.get(globalThis, REFUSAL_KEY);
  return isRefusedProgram(refusal) ? refusal : undefined;
}

/** Whether it is a `ProgramInWorkerError`, of whichever copy of this package. */
export const isRefusedProgram = (error: unknown): error is ProgramInWorkerError =>
  error instanceof Error && "code" in error && error.code === "program-in-worker";

/** The name of the remote function that the caller is a part of; undefined outside of workers, and where a module is imported. */
export function remoteFunctionHere(): string | undefined {
  const functionHere: unknown = Reflect.get(globalThis, KEY);
  const name: unknown = typeof functionHere === "function" ? functionHere() : undefined;
  return typeof name === "string" ? name : undefined;
}

/** A module that `--import` or `--require` names is loaded before the worker's own code; only who has started the process tells then. */
const willBeWorker = (): boolean => process.env["HYPERION_AGENT_PID"] === String(process.ppid);

/** A remote function wants to start calls of its own. */
export class NestedCallError extends Error {
  override readonly name = "NestedCallError";
  readonly code = "nested-call";

  constructor(verb: string, functionName: string) {
    super(
      `${verb} was called inside the remote function "${functionName}": a remote function runs in a worker, which can't start calls. ` +
        `Make the calls in a job, one after the other (what the first one returns is the input of the next), or run the other function here, in this worker: other.run(input, ctx).`,
    );
  }
}

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
