/**
 * The control interface of a run, from the run's side. It costs a run a socket, and a few additions for each event; what
 * answers HTTP is loaded when somebody asks for the first time. Apart from the index, which clients load.
 */
import { hostname } from "node:os";
import { join } from "node:path";
import "@hyperion-ts/bounds/supported-node";
import { ownIdentity } from "@hyperion-ts/processes/process-identity";
import { CONTROL_FILE, type ControlFile, writeControlFile } from "../place/control-file.ts";
import type { RunIdentity } from "../told/control-answers.ts";
import { RunRecord } from "../told/run-record.ts";
import { listenInOwnFolder } from "./listen.ts";
import { RequestDoor } from "./request-door.ts";
import type { ServedRun } from "./served-run.ts";

export type { Answer, Question } from "../asked/ask-socket.ts";
export type { HoldDesk } from "@hyperion-ts/holds";
export type { CallReport, MapReport, StopAnswer } from "../told/control-answers.ts";
export type { EndedCall } from "../told/cost-answers.ts";
export type { MeasuredNode, MeasuredNodes, OpenCalls, ServedRun } from "./served-run.ts";

/** A run that answers. Disposing of it ends what is being answered, and removes the socket. */
export interface RunServer extends AsyncDisposable {
  /** The path of the socket. */
  readonly socket: string;
}

/**
 * Answers for `run` on a socket of its own, in a folder that only this user may enter, and says where in the run's log directory.
 * It does not keep the process alive.
 *
 * @throws ControlError `no-socket` where no folder takes one; the file system's error where the log directory takes no file
 */
export async function serveRun(run: ServedRun): Promise<RunServer> {
  await using stack = new AsyncDisposableStack();
  const identity = identityOf(run);
  const record = new RunRecord();
  for (const event of run.past) record.add(event);
  stack.use(run.events.subscribe((event) => record.add(event)));
  const door = stack.use(new RequestDoor({ run, identity, record }));
  const { socket, describe } = stack.use(await listenInOwnFolder(run.id, (connection) => door.enter(connection)));
  const file: ControlFile = { version: 1, socket, run: identity, process: ownIdentity() };
  describe(file);
  writeControlFile(join(run.logDir, CONTROL_FILE), file);
  const owned = stack.move();
  return { socket, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const identityOf = ({ id, database, logDir, past }: ServedRun): RunIdentity => ({
  id,
  host: hostname(),
  pid: process.pid,
  command: process.argv.slice(1),
  directory: process.cwd(),
  startedAt: (past[0]?.at ?? new Date()).toISOString(),
  database,
  logDir,
});
