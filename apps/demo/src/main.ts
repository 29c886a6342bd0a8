/** The demo's program: options, the run, and a table of what was found. */
import { InterruptedError, type Job, local, programInfo, runJob, setTaskCpus } from "@hyperion-ts/job";
import { type Options, OptionsError, parseOptions, usage } from "./options.ts";
import { type RootRow, rootTable } from "./roots.ts";
import { table } from "./table.ts";

try {
  const options = parseOptions(process.argv.slice(2));
  process.stdout.write(options === "help" ? usage : await search(options));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = exitCodeOf(error);
}

/** Runs the search and gives what is printed of it. */
async function search({ cpus, cpusPerTask, dir, points, range, eps, workMs }: Options): Promise<string> {
  const info = programInfo(dir);
  const found = local(setTaskCpus(cpusPerTask), counted(rootTable({ points: spread(points, range), eps, workMs })));
  const { rows, computed } = await runJob(info, found, cpus === undefined ? {} : { cpus });
  const lines = table(["n", "x", "low", "high"], rows.map(({ n, x, low, high }) => [n, x, low, high]));
  return `${lines}\n\n${summary(rows.length, computed, info.database)}\n`;
}

/** Points that are spread evenly over (0, range]: short decimal numbers, so that equal points are equal in every run. */
function spread(points: number, range: number): number[] {
  return Array.from({ length: points }, (_, i) => Number(((range * (i + 1)) / points).toPrecision(12)));
}

/** What a run gives: all rows, and how many of them were not known before. */
interface Found {
  readonly rows: readonly RootRow[];
  readonly computed: number;
}

function counted(job: Job<RootRow[]>): Job<Found> {
  return async (env) => {
    const rows = await job(env);
    return { rows, computed: env.results.counters.inserts };
  };
}

function summary(all: number, computed: number, database: string): string {
  const remembered = all - computed;
  if (computed === 0) return `Nothing was computed: all ${all} brackets are from earlier runs (${database}).`;
  return `${all} brackets: ${computed} computed now, ${remembered} from earlier runs (${database}).`;
}

/** Errors that are made for people have a code, and a message that says all; of others the stack helps. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error ? error.message : (error.stack ?? error.message);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof InterruptedError) return error.exitCode;
  return error instanceof OptionsError ? 2 : 1;
}
