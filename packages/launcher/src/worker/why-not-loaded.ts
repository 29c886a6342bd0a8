/** Modules that a worker could not use, and what a person is told: where there is no file, the runtime's own words mislead. */

/** The name that the runtime gives to a program without a file, in the current directory. */
const TYPED = /\/\[(?:eval\d*|stdin)\](?:[?#].*)?$/;
/** What the runtime imports without hooks. */
const IMPORTABLE = /^(?:file|data|node):/;

export function whyNotLoaded(module: string, cause: unknown): string {
  if (TYPED.test(module))
    return "the program was given on standard input or with --eval, and a worker imports it from a file. Save it in one, and run that";
  const message = cause instanceof Error ? cause.message : String(cause);
  return IMPORTABLE.test(module)
    ? message
    : `${message}. This module is no file: a worker can import it only if the hooks that make it are installed by --import or --require`;
}

/** A module of remote functions that can't be used. Another worker could not use it either. */
export class ModuleError extends Error {
  override readonly name = "ModuleError";
  readonly code: "module-failed" | "unknown-function" | "code-changed";

  constructor(code: ModuleError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
