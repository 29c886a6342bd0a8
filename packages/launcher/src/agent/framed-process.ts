/** A process with a socket pair for frames, and what else a worker has of its agent. */
import { Duplex } from "node:stream";
import { type Command, type LocalProcess, startProcess } from "@hyperion-ts/processes/supervision";

/** A process with a socket pair for frames as its file descriptor 3. */
export interface FramedProcess extends LocalProcess {
  /** Our end of the socket pair. */
  readonly frames: Duplex;
}

/**
 * Starts a command whose output goes to the open file `log`, and which has the open file `permits`, if there is one, as its
 * descriptor 4.
 *
 * @throws CommandError when the command can't be started
 */
export async function startFramedProcess(
  command: Command,
  log: number,
  permits: number | undefined,
): Promise<FramedProcess> {
  const started = await startProcess(command, ["ignore", log, log, "pipe", permits ?? "ignore"]);
  const frames = started.stdio[3];
  if (!(frames instanceof Duplex)) throw new Error("A process was started without a socket pair for its frames");
  return Object.assign(started, { frames });
}
