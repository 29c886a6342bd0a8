/** `hyperion logs`: what a run, or a worker, has to say. */
import { closeSync, constants, fstatSync, readSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ControlError, eventLog, type FoundRun, lookAtRun } from "@hyperion-ts/control";
import { openRegularFile } from "@hyperion-ts/own-files";
import { processState } from "@hyperion-ts/processes/process-identity";
import { eventLines, nextRunState, NO_RUN, paintLine, parseEventLog, printable } from "@hyperion-ts/progress";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { findThing, type Thing } from "../find-thing.ts";
import { EXIT_CODES } from "../output/exit-code.ts";
import { type Terminal, usesColour } from "../output/terminal.ts";

const LINES = 50;
const LOOK_EVERY_MS = 300;
const CHUNK_BYTES = 64 * 1024;

export const logs: CommandBody = async ({ args: [id], options, terminal }) => {
  const found = await chooseRun(options);
  const path = id === undefined ? eventLog(found.logDir) : logOf(await findThing(await lookAtRun(found), id), id);
  if (options.path === true) {
    terminal.stdout.write(`${path}\n`);
    return EXIT_CODES.done;
  }
  const show = id === undefined ? eventShower(terminal) : (lines: readonly string[]) => lines.map(printable);
  using file = openLog(path);
  const write = (lines: readonly string[]): void => {
    for (const line of lines) terminal.stdout.write(`${line}\n`);
  };
  write(show(file.read()).slice(-(options.lines ?? LINES)));
  if (options.follow === true) for await (const lines of laterLines(file, found)) write(show(lines));
  return EXIT_CODES.done;
};

function logOf(thing: Thing, id: string): string {
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
      throw new ControlError(
        "not-found",
        `The output of Slurm job ${id} is in its directory, below jobs of the program's directory`,
      );
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

/** What comes until the run's process is gone. */
async function* laterLines(file: OpenLog, { control }: FoundRun): AsyncGenerator<readonly string[]> {
  for (;;) {
    const goesOn = control !== undefined && processState(control.process) === "living";
    yield file.read();
    if (!goesOn) return;
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
