/** The demo's program: options, the run, and a table of what was found. */
import { type Cluster, runCluster, runClusterLocal } from "@hyperion-ts/cluster";
import { lookupAll, type ProgramInfo, programInfo } from "@hyperion-ts/job";
import { type Options, OptionsError, parseOptions, USAGE } from "./options.ts";
import { brackets, type RootRow, rootTable } from "./roots.ts";
import { table } from "./table.ts";

// A run that fails says so itself, and sets the exit code.
const options = askedOptions();
if (options !== undefined) process.stdout.write(options === "help" ? USAGE : await search(options));

/** Undefined after an error of the person who typed them, who has been told. */
function askedOptions(): Options | "help" | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

/** Runs the search and gives what is printed of it. */
async function search(asked: Options): Promise<string> {
  const { cpusPerTask, dir, points, range, eps, workMs } = asked;
  const info = programInfo(dir);
  const found = counted(rootTable({ points: spread(points, range), eps, workMs, cpusPerTask }));
  const { rows, computed } = await run(info, found, asked);
  const lines = table(
    ["n", "x", "low", "high"],
    rows.map(({ n, x, low, high }) => [n, x, low, high]),
  );
  return `${lines}\n\n${summary(rows.length, computed, info.database)}\n`;
}

/** The same program by Slurm jobs, inside of one, or on this machine. */
async function run<A>(info: ProgramInfo, program: Cluster<A>, { slurm, cpus, cpusPerTask }: Options): Promise<A> {
  if (slurm || process.env["SLURM_JOB_ID"] !== undefined)
    return await runCluster(info, program, { sbatchOptions: { cpusPerTask, time: { hours: 1 } } });
  return await runClusterLocal(info, program, cpus === undefined ? {} : { cpus });
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

function counted(found: Cluster<RootRow[][]>): Cluster<Found> {
  return async (env) => {
    const before = await lookupAll(brackets)(env);
    const rows = (await found(env)).flat();
    const after = await lookupAll(brackets)(env);
    return { rows, computed: after.length - before.length };
  };
}

function summary(all: number, computed: number, database: string): string {
  const remembered = all - computed;
  if (computed === 0) return `Nothing was computed: all ${all} brackets are from earlier runs (${database}).`;
  return `${all} brackets: ${computed} computed now, ${remembered} from earlier runs (${database}).`;
}
