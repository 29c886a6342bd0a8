/** Modules that a worker could not use, and what a person is told: where there is no file, the runtime's own words mislead. */
import { isRefusedProgram, type ProgramInWorkerError, refusedProgram } from "@hyperion-ts/remote";

/** The name that the runtime gives to a program without a file, in the current directory. */
const TYPED = /\/\[(?:eval\d*|stdin)\](?:[?#].*)?$/;
/** What a module of tests is called, and what Vitest says of one of another name. */
const TESTS = /\.(?:test|spec)\.[cm]?[jt]sx?(?:[?#].*)?$/;
const NO_SUITE = /^Vitest failed to find the (?:current suite|runner)/;
/** What the runtime imports without hooks. */
const IMPORTABLE = /^(?:file|data|node):/;

/** Why the URL `module` could not be imported, as a clause: what a person can do, or the runtime's own words. */
export function whyNotLoaded(module: string, cause: unknown): string {
  if (TYPED.test(module))
    return "the program was given on standard input or with --eval, and a worker imports it from a file. Save it in one, and run that";
  const message = cause instanceof Error ? cause.message : String(cause);
  if (TESTS.test(module) || NO_SUITE.test(message))
    return `it holds tests, and only what runs these can load it (${message.split("\n", 1)[0]}). Define remote functions in a file of their own, or run the job with { inProcess: true }`;
  return IMPORTABLE.test(module)
    ? message
    : `${message}. This module is no file: a worker can import it only if the hooks that make it are installed by --import or --require`;
}

/** A module of remote functions that can't be used. Another worker could not use it either. */
export class ModuleError extends Error {
  override readonly name = "ModuleError";
  /** Importing it failed, it does not define the function, or its code was changed and the old code can't be run. */
  readonly code: "module-failed" | "unknown-function" | "code-changed";

  constructor(code: ModuleError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What a call fails with whose module threw `cause` when it was imported. */
export function notImported(functionName: string, module: string, cause: unknown): ModuleError {
  const message = `The module ${module} of the remote function "${functionName}" can't be loaded in a worker: ${whyNotLoaded(module, cause)}`;
  return isRefusedProgram(cause) ? startsProgram(message, cause) : new ModuleError("module-failed", message, { cause });
}

/** What a call fails with whose module ends the process with `exitCode` while it is imported. */
export function endedByModule(functionName: string, exitCode: number): ModuleError {
  const refusal = refusedProgram();
  const message = `The module of the remote function "${functionName}" can't be loaded in a worker:`;
  if (refusal === undefined)
    return new ModuleError(
      "module-failed",
      `${message} it ends its process (exit code ${exitCode}) when it is imported. What ends a program must not be at the top level of a module that workers import: if (import.meta.main) { ... }`,
    );
  return startsProgram(`${message} ${refusal.message}`, refusal);
}

/** The refusal's own words are in the message already; what is left of it is where the program is started. */
function startsProgram(message: string, { message: words, stack = "" }: ProgramInWorkerError): ModuleError {
  const error = new ModuleError("module-failed", message);
  error.stack = `${error.name}: ${message}${stack.slice(stack.indexOf(words) + words.length)}`;
  return error;
}
