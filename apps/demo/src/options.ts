/** The demo's options: parsed once, with errors for the person who typed them. */
import { parseArgs } from "node:util";
import { z } from "zod";

const MAX_POINTS = 100_000;

function wholeNumber(max: number) {
  const wanted = `must be a whole number from 1 to ${max}`;
  return z.string().regex(/^\d+$/, wanted).transform(Number).pipe(z.int(wanted).min(1, wanted).max(max, wanted));
}
const decimalNumber = (wanted: string) => z.string().trim().min(1, wanted).transform(Number).pipe(z.number(wanted));
const positiveNumber = decimalNumber("must be a number above 0").pipe(z.number().positive("must be a number above 0"));
const timeMs = decimalNumber("must be a number of milliseconds").pipe(z.number().nonnegative("must not be negative"));

const schema = z
  .object({
    slurm: z.boolean().default(false),
    points: wholeNumber(MAX_POINTS).default(20),
    range: positiveNumber.default(20),
    eps: positiveNumber.default(1e-9),
    cpusPerTask: wholeNumber(65_536).default(1),
    cpus: wholeNumber(65_536).optional(),
    workMs: timeMs.default(50),
    dir: z.string().min(1, "must name a folder").default("out/demo"),
  })
  .refine(({ slurm, cpus }) => !slurm || cpus === undefined, {
    path: ["cpus"],
    error: "must be left out with --slurm, where Slurm gives the CPUs",
  });

/** What the person asked for. Units and defaults are in `usage`. */
export type Options = z.infer<typeof schema>;

/** An option that does not exist or has a value that can't be used. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
  /** The one code that this class has. */
  readonly code = "bad-options";
}

/** What `--help` prints. */
export const USAGE = `Brackets the square, cube and fourth roots of a range of points: one remote call for
each root, on this machine's CPUs or by Slurm jobs. What was computed once is
remembered, across runs.

usage: npm run demo -- [options]

  --slurm            as three Slurm jobs, submitted from here: one for each kind of
                     root, on two nodes with two tasks each
  --points N         how many points (default 20)
  --range X          they are spread evenly over (0, X] (default 20)
  --eps E            how wide a bracket may be (default 1e-9)
  --work-ms T        how long each call computes, in milliseconds; it repeats
                     its search, to stand for a hard one (default 50)
  --cpus-per-task N  how many CPUs each call has (default 1)
  --cpus N           how many CPUs of this machine to use (default: all that there are)
  --dir PATH         where results and logs are (default out/demo)
  --help             print this

Ctrl-C ends it in order; the same command then takes up what was done. With --slurm
it asks whether the jobs are to go on, which the same command then joins.
`;

/**
 * Parses the arguments behind the program's name. `"help"`: the person asked for `usage`.
 *
 * @throws OptionsError when an option is none, or its value is out of bounds: it names the option, the value, and what would do
 */
export function parseOptions(args: readonly string[]): Options | "help" {
  const { help, ...given } = parseFlags(args);
  if (help === true) return "help";
  const named = Object.fromEntries(Object.keys(schema.shape).map((key) => [key, given[flagOf(key)]]));
  const parsed = schema.safeParse(named);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path: [key], message }) => `--${flagOf(String(key))} ${message}, but is ${JSON.stringify(named[String(key)])}`,
  );
  throw new OptionsError(`${problems.join("\n")}\nTry --help.`);
}

/** `cpusPerTask` is typed `--cpus-per-task`. */
const flagOf = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const typeOf = (key: string): "boolean" | "string" => (key === "slurm" ? "boolean" : "string");

function parseFlags(args: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const values = Object.keys(schema.shape).map((key) => [flagOf(key), { type: typeOf(key) }] as const);
  try {
    return parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(values), help: { type: "boolean", short: "h" } },
    }).values;
  } catch (error) {
    throw new OptionsError(`${error instanceof Error ? error.message : String(error)}\nTry --help.`, { cause: error });
  }
}
