/** Commands on other nodes, by ssh or srun: three streams and an end. See the README. */
// First, because it checks which Node this is.
import "@hyperion-ts/bounds";
export { type AttemptPolicy, withAttempts } from "./attempts.ts";
export {
  type CommandSession,
  describeEnd,
  type SessionEnd,
  TransportError,
  type TransportFailure,
  type TransportReason,
} from "./command-session.ts";
export { openTransport } from "./open-transport.ts";
export type { AddressOf } from "./host-address.ts";
export { runCmdLocalAsync, runCmdLocalLog, type RunningCommand } from "./local-session.ts";
export type { Transport } from "./transport.ts";
export {
  type CommandTransport,
  type NodeSshOptions,
  type SrunOptions,
  type SystemSshOptions,
  transportRule,
} from "./transport-options.ts";
