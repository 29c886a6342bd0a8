/**
 * From names to Slurm's short form, for `sbatch --exclude`, `srun -w` and messages. Only forms that
 * Slurm itself reads are made: at most two bracket groups, the last at the very end of the name
 * (slurm.conf(5), NodeName). So `n1-ib,n2-ib` stays as it is, as in `scontrol show hostlist`.
 */
import { parseNodeName } from "./node-name.ts";
import { MAX_NAMES, MAX_NUMBER } from "./number-ranges.ts";
import { SlurmEnvError } from "./slurm-env-error.ts";

/**
 * A hostlist that expands to exactly `names`: order and duplicates are kept, so only neighbours are
 * joined (sort first for the shortest list).
 *
 * @throws SlurmEnvError `malformed` when a name is not a node's name or there is none (Slurm has no
 *   hostlist of no nodes), `too-many-names` for more than 65,536.
 * @example
 * foldHostlist(["n08", "n09", "n10", "login"]); // "n[08-10],login"
 * foldHostlist(["r1n1", "r1n2", "r2n1", "r2n2"]); // "r[1-2]n[1-2]"
 */
export function foldHostlist(names: readonly string[]): string {
  if (names.length === 0) throw new SlurmEnvError("malformed", "There is no hostlist of no names.");
  if (names.length > MAX_NAMES)
    throw new SlurmEnvError("too-many-names", `A hostlist of ${names.length} names: at most ${MAX_NAMES} are allowed.`);
  const byLastNumber = joinNeighbours(names.map((name) => splitName(parseNodeName(name))));
  return joinNeighbours(byLastNumber.map(splitFolded))
    .map(({ written }) => written)
    .join(",");
}

/** A text cut around one number: neighbours that agree in `head` and `tail` can share brackets there. */
interface Split {
  readonly written: string;
  readonly head: string;
  /** Without one, the text can't be joined. */
  readonly number?: string;
  readonly tail: string;
}

/** A name or several: `head`, then `group` in brackets at its end, if it has a number there. */
interface Folded {
  readonly written: string;
  readonly head: string;
  readonly group?: string;
}

function splitName(name: string): Split {
  const { head, number } = cutLastNumber(name);
  return number === undefined ? { written: name, head: name, tail: "" } : { written: name, head, number, tail: "" };
}

/** Cuts at the number before the last group. The last group keeps its brackets, even around one number: Slurm wants one there. */
function splitFolded({ written, head, group }: Folded): Split {
  const end = head.search(/\D*$/);
  const cut = cutLastNumber(head.slice(0, end));
  if (group === undefined || cut.number === undefined) return { written, head: written, tail: "" };
  return { written, head: cut.head, number: cut.number, tail: `${head.slice(end)}[${group}]` };
}

/** The number that ends a text, unless it is too large for Slurm to count with. */
function cutLastNumber(text: string): { readonly head: string; readonly number?: string } {
  const start = text.search(/\d*$/);
  const number = text.slice(start);
  return number === "" || BigInt(number) > MAX_NUMBER ? { head: text } : { head: text.slice(0, start), number };
}

function joinNeighbours(splits: readonly Split[]): readonly Folded[] {
  const runs: Split[][] = [];
  for (const split of splits) {
    const run = runs.at(-1);
    if (run?.[0] !== undefined && canJoin(run[0], split)) run.push(split);
    else runs.push([split]);
  }
  return runs.map(writeRun);
}

const canJoin = (a: Split, b: Split): boolean =>
  a.number !== undefined && b.number !== undefined && a.head === b.head && a.tail === b.tail;

function writeRun(run: readonly Split[]): Folded {
  const { written, head, tail } = run[0] ?? { written: "", head: "", tail: "" };
  const numbers = run.flatMap(({ number }) => number ?? []);
  if (numbers.length === 0) return { written, head };
  const group = writeRanges(numbers);
  return { written: run.length === 1 ? written : `${head}[${group}]${tail}`, head, group };
}

function writeRanges(numbers: readonly string[]): string {
  const ranges: { readonly low: string; high: string }[] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range !== undefined && number === successor(range.high, range.low.length)) range.high = number;
    else ranges.push({ low: number, high: number });
  }
  return ranges.map(({ low, high }) => (low === high ? low : `${low}-${high}`)).join(",");
}

const successor = (number: string, width: number): string => (BigInt(number) + 1n).toString().padStart(width, "0");
