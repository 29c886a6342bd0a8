/**
 * A program as a value: its options, and the job that it runs. `node roots.ts --points 50` and `hyperion run roots.ts --points 50`
 * run it. A worker that loads the file for its functions loads nothing of what reads a command line.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ModuleMeta } from "@hyperion-ts/remote";
import type { Job } from "./job.ts";
import type { JobEnv } from "./job-env.ts";
import type { RunLocalOptions } from "./run-job-local.ts";
import type { RunSlurmOptions } from "./run-job-slurm.ts";

/** The part of `import.meta` that says whether this file is the program. In CommonJS: `{ url: __filename, main: require.main === module }`. */
export interface ProgramMeta extends ModuleMeta {
  /** Whether it is the file that Node was started with. Default: false. */
  readonly main?: boolean;
}

/** The schema of a program without options. */
export type NoOptions = StandardSchemaV1<object>;

/** What `program` is given. `E` is the environment that its job needs, `R` how it may be run. */
export interface ProgramDefinition<
  S extends StandardSchemaV1 = NoOptions,
  A = unknown,
  E = JobEnv,
  R = RunLocalOptions & RunSlurmOptions,
> {
  /**
   * The program's options, by the schema of an object that can be shown as JSON Schema (zod from 4.2 on, arktype). Each field is an
   * option of the command line, `maxPoints` is `--max-points`: a number, a text, one of several texts, yes or no (`--fast`,
   * `--no-fast`), a list of those (the option again for each), or JSON. One without a default has to be given. A field's description
   * is shown by `--help`. Default: none.
   */
  readonly options?: S;
  /** What the program does, in a line or more for `--help`. Default: nothing is said. */
  readonly summary?: string;
  /** The directory that `programInfo` is given, unless `--dir` names another. Default: `"./out"`. */
  readonly dir?: string;
  /** The job to run with these options. */
  readonly run: (options: StandardSchemaV1.InferOutput<S>) => Job<A, E>;
  /** Is given what the job gave when the run has ended, to print it. Default: it is dropped. */
  readonly done?: (value: A) => void | Promise<void>;
  /** How it is run. Default: as `runJob` without options. */
  readonly runOptions?: R;
}

/**
 * Defines the program of this file, and runs it if the file is the one that Node was started with, as soon as all of the file has
 * been read; a part of the definition that is wrong or unknown is told then. Its command line is read by its options' schema:
 * `--help` lists them, and a wrong one ends it with exit code 2, before anything runs. It runs in the Slurm allocation that it
 * is in, else on this machine; `--local` and `--slurm` say which.
 * Gives the definition back, for other files.
 *
 * @example
 * export default program(import.meta, {
 *   options: z.object({ points: z.int().positive().default(20).describe("how many points") }),
 *   run: ({ points }) => roots(range(points), 1e-9),
 *   done: (found) => console.table(found),
 * });
 */
export function program<A, S extends StandardSchemaV1 = NoOptions>(
  meta: ProgramMeta,
  definition: ProgramDefinition<S, A>,
): ProgramDefinition<S, A> {
  if (meta.main === true) setImmediate(() => void start(meta, definition));
  return definition;
}

/** Not before the rest of the file has been read: what its job needs may be defined there. What is thrown ends the process. */
async function start<A, S extends StandardSchemaV1>(
  meta: ProgramMeta,
  definition: ProgramDefinition<S, A>,
): Promise<void> {
  const [{ runCommandLine }, { jobRunner }] = await Promise.all([
    import("./command/run-command-line.ts"),
    import("./command/job-runner.ts"),
  ]);
  await runCommandLine(meta, definition, jobRunner);
}
