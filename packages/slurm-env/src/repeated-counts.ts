/**
 * Slurm's lists of one number per node, with repetitions: `8(x2),4` is 8, 8, 4. The repetitions are
 * counted before they are written out, so `1(x99999999)` costs nothing.
 */
import { Cursor } from "./cursor.ts";
import { contradiction, type Source } from "./slurm-env-error.ts";

interface Repeated {
  readonly value: number;
  readonly times: number;
}

/**
 * The numbers, one for each of `nodeCount` nodes; each at least 1.
 *
 * @throws SlurmEnvError `malformed` when it is no such list, `contradiction` when it is for another number of nodes
 */
export function expandCounts(source: Source, nodeCount: number): readonly number[] {
  const repeated = parseCounts(source);
  const described = repeated.reduce((sum, { times }) => sum + times, 0);
  if (described !== nodeCount) {
    throw contradiction(source, `that describes ${described} node(s) and the job has ${nodeCount}`);
  }
  return repeated.flatMap(({ value, times }) => Array.from({ length: times }, () => value));
}

function parseCounts(source: Source): readonly Repeated[] {
  const cursor = new Cursor(source);
  const repeated: Repeated[] = [];
  do {
    repeated.push({ value: parseCount(cursor), times: parseTimes(cursor) });
  } while (cursor.take(","));
  if (!cursor.atEnd) throw cursor.error('a number can be followed by "(xTIMES)" or ","');
  return repeated;
}

function parseTimes(cursor: Cursor): number {
  if (!cursor.take("(x")) return 1;
  const times = parseCount(cursor);
  if (!cursor.take(")")) throw cursor.error('")" is expected');
  return times;
}

function parseCount(cursor: Cursor): number {
  const position = cursor.at;
  const digits = cursor.takeWhile(/\d+/y);
  if (digits === "") throw cursor.error("a number is expected");
  if (digits.length > 9) throw cursor.error("the number is too large", position);
  if (Number(digits) === 0) throw cursor.error("a number of at least 1 is expected", position);
  return Number(digits);
}
