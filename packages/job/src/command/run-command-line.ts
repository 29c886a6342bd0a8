/** A program that was started from a command line: reads its options, and runs it. */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { anything, callable, checkOptions, nonEmpty, type Rules, standardSchema } from "@hyperion-ts/bounds";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ProgramDefinition, ProgramMeta } from "../define-program.ts";
import type { Job } from "../job.ts";
import { type ProgramInfo, programInfo } from "../program-info.ts";
import { helpText } from "./help-text.ts";
import { programOptions } from "./program-options.ts";
import { type ProgramPlace, readCommandLine, UsageError } from "./read-command-line.ts";

/** What runs the job of a program. */
export interface ProgramRunner<E, R> {
  /** The function that has defined the program, for messages. */
  readonly verb: string;
  /** Why it can't run there, for a person; undefined: it can. */
  readonly unfit: (where: ProgramPlace) => string | undefined;
  /** Runs it. */
  readonly run: <A>(where: ProgramPlace, what: ProgramStart<A, E, R>) => Promise<A>;
}

/** A program that is to run. */
export interface ProgramStart<A, E, R> {
  readonly info: ProgramInfo;
  readonly job: Job<A, E>;
  readonly options: R | undefined;
}

const USAGE = 2;

const RULES: Rules<ProgramDefinition> = {
  options: standardSchema,
  summary: nonEmpty,
  dir: nonEmpty,
  run: callable,
  done: callable,
  // What runs it checks them.
  runOptions: anything,
};

/**
 * Runs the program of this process's command line. A command line that is wrong is told on stderr, with exit code 2.
 *
 * @throws what the run throws; TypeError where the options' schema can't be shown, or has options that all programs have
 */
export async function runCommandLine<S extends StandardSchemaV1, A, E, R>(
  { url }: ProgramMeta,
  definition: ProgramDefinition<S, A, E, R>,
  runner: ProgramRunner<E, R>,
): Promise<void> {
  checkOptions<object>(runner.verb, definition, RULES);
  const name = basename(url.startsWith("file:") ? fileURLToPath(url) : url);
  const { dir = "./out", done, runOptions } = definition;
  const own = programOptions(definition.options);
  try {
    const asked = await readCommandLine(process.argv.slice(2), own, definition.options);
    if (asked === "help") return void process.stdout.write(helpText({ name, own, dir, summary: definition.summary }));
    const unfit = runner.unfit(asked.where);
    if (unfit !== undefined) throw new UsageError(unfit);
    const info = programInfo(asked.dir ?? dir);
    const job = definition.run(asked.options);
    const value = await runner.run(asked.where, { info, job, options: runOptions });
    await done?.(value);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const mark = styleText("red", `${name}:`, { stream: process.stderr });
    process.stderr.write(`${mark} ${error.message}\n(${name} --help lists the options)\n`);
    process.exitCode = USAGE;
  }
}
