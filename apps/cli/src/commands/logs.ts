/** `hyperion logs`: what a run, a worker or a Slurm job has to say. */
import { closeSync, constants, existsSync, fstatSync, readSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ControlError, eventLog, type FoundRun, lookAtRun, type SlurmJobReport } from "@hyperion-ts/control";
import { openRegularFile } from "@hyperion-ts/own-files";
import { processState } from "@hyperion-ts/processes/process-identity";
import { eventLines, hasEnded, nextRunState, NO_RUN, paintLine, parseEventLog, printable } from "@hyperion-ts/progress";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { findThing, type Thing } from "../find-thing.ts";
import { hasOutcome, headLogOf, nameOf, outputOf } from "../job-files.ts";
import { EXIT_CODES } from "../output/exit-code.ts";
import { type Terminal, usesColour } from "../output/terminal.ts";

const LINES = 50;
const LOOK_EVERY_MS = 300;
const CHUNK_BYTES = 64 * 1024;

export const logs: CommandBody = async ({ args: [id], options, terminal }) => {
  const found = await chooseRun(options);
  const thing = id === undefined ? undefined : await findThing(await lookAtRun(found), id);
  // Not once for all: the directory of a job is put aside when it has ended.
  const path = () => (thing === undefined ? eventLog(found.logDir) : logOf(thing, id ?? "", options.head === true));
  if (options.path === true) {
    terminal.stdout.write(`${path()}\n`);
    return EXIT_CODES.done;
  }
  const goesOn = thing?.kind === "job" ? () => jobGoesOn(found, thing.job) : () => runGoesOn(found);
  if (thing?.kind === "job") await untilThere(path, thing.job, options.follow === true ? goesOn : async () => false);
  const isEvents = thing === undefined || (thing.kind === "job" && options.head === true);
  const show = isEvents ? eventShower(terminal) : (lines: readonly string[]) => lines.map(printable);
  using file = openLog(path());
  const write = (lines: readonly string[]): void => {
    for (const line of lines) terminal.stdout.write(`${line}\n`);
  };
  write(show(file.read()).slice(-(options.lines ?? LINES)));
  if (options.follow === true) for await (const lines of laterLines(file, goesOn)) write(show(lines));
  return EXIT_CODES.done;
};

const runGoesOn = async ({ control }: FoundRun): Promise<boolean> =>
  control !== undefined && processState(control.process) === "living";

/** A job goes on also where its run has ended, or was killed: until its head has written down how it ended. */
async function jobGoesOn(found: FoundRun, { call }: SlurmJobReport): Promise<boolean> {
  const { slurmJobs } = await (await lookAtRun(found)).report();
  const job = slurmJobs.find((each) => each.call === call);
  return job !== undefined && !hasEnded(job) && ((await runGoesOn(found)) || !hasOutcome(job));
}

/** Whoever follows waits for the job to begin. @throws ControlError `not-found` where it has printed nothing */
async function untilThere(path: () => string, job: SlurmJobReport, goesOn: () => Promise<boolean>): Promise<void> {
  for (;;) {
    if (existsSync(path())) return;
    if (!(await goesOn())) break;
    await sleep(LOOK_EVERY_MS);
  }
  const word = job.state === "waiting" ? " yet: it waits in Slurm" : "";
  throw new ControlError("not-found", `Slurm job ${nameOf(job)} has printed nothing${word}`);
}

function logOf(thing: Thing, id: string, ofHead: boolean): string {
  switch (thing.kind) {
    case "worker":
      return thing.worker.logFile;
    case "call":
      if (thing.call.logFile !== null) return thing.call.logFile;
      throw new ControlError("not-found", `Call ${id} has no worker yet, and so no log`);
    case "failure": {
      const path = /^\s+log\s+(\S.*)$/mu.exec(thing.failure.message)?.[1];
      if (path !== undefined) return path;
      throw new ControlError("not-found", `Failure ${id} tells of no log`);
    }
    case "job":
      return ofHead ? headLogOf(thing.job) : outputOf(thing.job);
    case "hold":
      if (thing.hold.where.log !== null) return thing.hold.where.log;
      throw new ControlError("not-found", `The call that is held as ${id} has no Slurm job, and so no output`);
    default:
      return thing satisfies never;
  }
}

/** A run's log has JSON for programs; a person reads what the run itself has shown. */
function eventShower(terminal: Terminal): (lines: readonly string[]) => readonly string[] {
  let state = NO_RUN;
  const colour = usesColour(terminal);
  return (lines) =>
    parseEventLog(lines.join("\n")).flatMap(({ at, event }) => {
      const before = state;
      state = nextRunState(state, event, at.getTime());
      const time = at.toISOString().slice(11, 19);
      return eventLines({ before, after: state }, event, false).map(
        (line) => `${time}  ${paintLine(line, { columns: null, colour })}`,
      );
    });
}

/** What comes as long as `goesOn`. */
async function* laterLines(file: OpenLog, goesOn: () => Promise<boolean>): AsyncGenerator<readonly string[]> {
  for (;;) {
    const isLast = !(await goesOn());
    yield file.read();
    if (isLast) return;
    await sleep(LOOK_EVERY_MS);
  }
}

/** A log that may grow. */
interface OpenLog extends Disposable {
  /** The whole lines that have come since the last time. */
  read(): readonly string[];
}

function openLog(path: string): OpenLog {
  const fd = openRegularFile(path, constants.O_RDONLY, () => undefined);
  const decoder = new TextDecoder();
  let at = 0;
  let rest = "";
  return {
    read: () => {
      const bytes = Buffer.alloc(CHUNK_BYTES);
      const parts = [rest];
      for (let left = fstatSync(fd).size - at; left > 0;) {
        const count = readSync(fd, bytes, 0, Math.min(left, CHUNK_BYTES), at);
        if (count === 0) break;
        at += count;
        left -= count;
        parts.push(decoder.decode(bytes.subarray(0, count), { stream: true }));
      }
      const lines = parts.join("").split("\n");
      rest = lines.pop() ?? "";
      return lines;
    },
    [Symbol.dispose]: () => closeSync(fd),
  };
}
