/** What a test asks of a head that runs inside of a cluster, as lines of JSON, and what it hears from it. */
import type { NodeLauncherConfig } from "../../../src/index.ts";

/** The functions that a head can call by their names. */
export type FunctionName = "square" | "freeze" | "exit" | "untilKilled" | "place" | "print" | "sleep" | "zeros";

/** What a head does; nodes are named by the test. */
export type HeadRequest =
  /** Connects to `host`, null is this machine, and launches one worker there. */
  | {
      readonly do: "open";
      readonly node: string;
      readonly host: string | null;
      readonly config: NodeLauncherConfig;
      readonly abortAfterMs?: number;
    }
  | { readonly do: "call"; readonly node: string; readonly fn: FunctionName; readonly input: unknown }
  /** Sends so many random bytes there and back; answers whether they are the same. */
  | { readonly do: "bulk"; readonly node: string; readonly bytes: number }
  /** Calls `square` so often, all at once; answers how many results are right. */
  | { readonly do: "many"; readonly node: string; readonly calls: number }
  /** Waits until the node is lost; answers with the reason. */
  | { readonly do: "lost"; readonly node: string }
  | { readonly do: "close"; readonly node: string }
  /** Lets the event loop stand still. */
  | { readonly do: "block"; readonly ms: number };

export interface NumberedRequest {
  readonly id: number;
  readonly request: HeadRequest;
}

/** What a head could not do: the error's name, its message and its fields that are no objects. */
export interface ReplyError {
  readonly name: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** An answer to the request `id`, or a line that the launcher logged. */
export type HeadReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: ReplyError }
  | { readonly log: string };
