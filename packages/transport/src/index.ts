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
export { type CommandTransport, openTransport } from "./command-transport.ts";
export type { AddressOf } from "./host-address.ts";
export { runCmdLocalAsync, runCmdLocalLog, type RunningCommand } from "./local-session.ts";
export type { NodeSshOptions } from "./node-ssh.ts";
export type { SrunOptions } from "./srun.ts";
export type { SystemSshOptions } from "./system-ssh.ts";
export type { Transport } from "./transport.ts";
