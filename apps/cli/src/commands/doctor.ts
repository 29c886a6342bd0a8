/** `hyperion doctor`: what programs need of this machine, and what to mend where it has not got it. Each look is short, and changes nothing. */
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { availableParallelism, freemem, tmpdir, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { runsHere } from "@hyperion-ts/control";
import { runCommand } from "@hyperion-ts/processes";
import { plural, type Span, type StyledLine, paintLine } from "@hyperion-ts/progress";
import type { CommandBody } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";
import { usesColour } from "../output/terminal.ts";

/** `fine`; `note`: something is not there that not every program needs; `wrong`: programs will fail. */
interface Finding {
  readonly what: string;
  readonly how: "fine" | "note" | "wrong";
  readonly found: string;
  /** What to do; empty where nothing is. */
  readonly mend: string;
}

/** A controller that takes longer is found to be slow. */
const LONGEST_WAIT_MS = 10_000;
const GIGABYTE = 2 ** 30;
const LEAST_ROOM = 0.1;

export const doctor: CommandBody = async ({ options: { dir = ".", json }, terminal }) => {
  const findings = [
    node(),
    cpus(),
    await sockets(),
    room("temporary files", tmpdir()),
    directory(dir),
    ...(await slurm()),
  ];
  if (json === true) terminal.stdout.write(`${JSON.stringify(findings)}\n`);
  else {
    const colour = usesColour(terminal);
    for (const finding of findings)
      for (const line of linesOf(finding)) terminal.stdout.write(`${paintLine(line, { columns: null, colour })}\n`);
  }
  return findings.some(({ how }) => how === "wrong") ? EXIT_CODES.failed : EXIT_CODES.done;
};

const MARKS: Readonly<Record<Finding["how"], Span>> = {
  fine: { text: "✔ ", style: "green" },
  note: { text: "◌ ", style: "yellow" },
  wrong: { text: "✗ ", style: "red" },
};

const linesOf = ({ what, how, found, mend }: Finding): readonly StyledLine[] => [
  [MARKS[how], { text: what.padEnd(16) }, { text: found }],
  ...(mend === "" ? [] : [[{ text: `${" ".repeat(18)}${mend}`, style: "dim" } as const]]),
];

const fine = (what: string, found: string): Finding => ({ what, how: "fine", found, mend: "" });

/** An older one does not come so far. */
const node = (): Finding => fine("Node", `${process.version} (${process.execPath})`);

const cpus = (): Finding =>
  fine(
    "this machine",
    `${plural(availableParallelism(), "CPU")}, ${gigabytes(freemem())} of ${gigabytes(totalmem())} memory free`,
  );

async function sockets(): Promise<Finding> {
  try {
    return fine("running here", plural((await runsHere()).length, "run"));
  } catch (error) {
    return {
      what: "running here",
      how: "wrong",
      found: messageOf(error),
      mend: "Runs can't be asked while that is so",
    };
  }
}

function room(what: string, path: string): Finding {
  const { bavail, bsize } = statfsSync(path);
  const free = bavail * bsize;
  return free >= LEAST_ROOM * GIGABYTE
    ? fine(what, `${gigabytes(free)} free in ${path}`)
    : {
        what,
        how: "wrong",
        found: `${gigabytes(free)} free in ${path}`,
        mend: "Remove files there, or use another directory",
      };
}

function directory(given: string): Finding {
  const path = resolve(given);
  const nearest = existing(path);
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK);
  } catch {
    return {
      what: "results",
      how: "wrong",
      found: `${nearest} can't be written to`,
      mend: "Give another directory to programInfo",
    };
  }
  const isThere = existsSync(join(path, "results.sqlite"));
  return { ...room("results", nearest), ...(isThere ? { found: `${join(path, "results.sqlite")} is there` } : {}) };
}

const existing = (path: string): string => (existsSync(path) ? path : existing(dirname(path)));

async function slurm(): Promise<readonly Finding[]> {
  const version = await outputOf("sbatch", "--version");
  if (version instanceof Error)
    return [
      {
        what: "Slurm",
        how: "note",
        found: "there is no sbatch here",
        mend: "runJobLocal needs none; runCluster needs a login node",
      },
    ];
  const startMs = performance.now();
  const answer = await outputOf("scontrol", "ping");
  const took = `${((performance.now() - startMs) / 1_000).toFixed(1)} s`;
  if (answer instanceof Error || !answer.includes("UP"))
    return [
      fine("Slurm", version),
      {
        what: "its controller",
        how: "wrong",
        found: `no answer after ${took}`,
        mend: "Ask who runs the cluster; jobs that run go on",
      },
    ];
  return [fine("Slurm", version), fine("its controller", `answers within ${took}`)];
}

async function outputOf(...argv: readonly [string, ...string[]]): Promise<string | Error> {
  try {
    await using running = await runCommand({ argv });
    const limit = setTimeout(() => running.kill(), LONGEST_WAIT_MS);
    const [printed, { code }] = await Promise.all([text(running.stdout), running.exited]);
    clearTimeout(limit);
    return code === 0 ? printed.trim() : new Error(running.lastErrors());
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const gigabytes = (bytes: number): string => `${(bytes / GIGABYTE).toFixed(1)} GB`;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
