/** The code of remote functions as it was when the program began: what workers are to find, and what they get where they find something else. */
import type { CodeFile, KeptSource } from "@hyperion-ts/code-hash";
import type { AnyRemoteFunction } from "@hyperion-ts/remote";
import type { ServiceId } from "@hyperion-ts/wire";

/** The code of a function as it was when this program began. */
export interface CodeAtStart {
  /** All files that the function's module may load. */
  readonly files: readonly CodeFile[];
  /** Whether the module is a bundle of others, which has a source map. Default: it is not. */
  readonly isBundle?: boolean;
  /** The hash of what the function's run reaches (`FunctionCode` of @hyperion-ts/code-hash); undefined: not known. Asked for when a file has changed. */
  hash(): string | undefined;
  /** The text of one of the files; undefined: it was not kept. */
  source(path: string): KeptSource | undefined;
}

/** What the code of a function was; undefined: not known. */
export type CodeOf = (fn: Pick<AnyRemoteFunction, "name" | "module">) => CodeAtStart | undefined;

/** A worker was started after these files were changed, and runs a function with the code as it was. */
export interface OldCode {
  /** The worker. */
  readonly serviceId: ServiceId;
  /** The files that were changed, with the time of the change, in milliseconds since 1970 by the file server's clock; null: the file is gone. */
  readonly files: readonly { readonly path: string; readonly changedAtMs: number | null }[];
}
