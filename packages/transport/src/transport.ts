/** What a transport is: a way to run one command on a node. Retries and time-outs wrap it. */
import type { CommandSession } from "./command-session.ts";

/** Runs commands on nodes. */
export interface Transport {
  /**
   * Runs `argv` on the node `host` and resolves when its streams can be used; that it runs is only certain when it
   * speaks. An abort of `signal` gives up and leaves nothing behind.
   *
   * @throws TransportError; on an abort, the signal's reason
   */
  open(host: string, argv: readonly string[], signal: AbortSignal): Promise<CommandSession>;
}
