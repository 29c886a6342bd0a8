/**
 * From Slurm's short form of a list of nodes to the names, as `scontrol show hostnames` prints
 * them; what Slurm only guesses at is refused (see host-pattern.ts for the grammar).
 */
import { parseHostPatterns, type HostPattern } from "./host-pattern.ts";
import { parseNodeName } from "./node-name.ts";
import { writeNumbers } from "./number-ranges.ts";

/**
 * The names that a hostlist stands for, in the order and with the duplicates of
 * `scontrol show hostnames` (Slurm 22.05, src/common/hostlist.c).
 *
 * With several bracket groups the *last* varies fastest, then the first, the second and so on: that
 * is how Slurm does it. A range is padded with zeros to the width of its lower bound. Beyond Slurm,
 * a name may go on after its last group: `n[1-3]-ib`.
 *
 * @param expression At most 65,536 names of at most 255 characters.
 * @param variable The environment variable that the text came from, for the error's message.
 * @throws SlurmEnvError `malformed` when it is no hostlist (nor is the empty text: there is no list of no nodes),
 *   `too-many-names` when it stands for more than 65,536 names, before any of them is built
 * @example
 * expandHostlist("gpu[08-10],login1"); // ["gpu08", "gpu09", "gpu10", "login1"]
 */
export const expandHostlist = (expression: string, variable?: string): string[] =>
  parseHostPatterns({ text: expression, variable }).flatMap(expandPattern);

function expandPattern({ groups, after, count }: HostPattern): readonly string[] {
  const numbers = groups.map(({ ranges }) => writeNumbers(ranges));
  const strides = slurmStrides(numbers.map(({ length }) => length));
  return Array.from({ length: count }, (_, index) => {
    const parts = groups.map(({ before }, group) => before + pick(numbers[group] ?? [], index, strides[group] ?? 1));
    return parseNodeName(parts.join("") + after);
  });
}

/** After how many names each group moves to its next number, in Slurm's order: last group, first, second, ... */
function slurmStrides(sizes: readonly number[]): readonly number[] {
  const last = sizes.length - 1;
  let stride = sizes[last] ?? 1;
  return sizes.map((size, group) => {
    if (group === last) return 1;
    const own = stride;
    stride *= size;
    return own;
  });
}

const pick = (numbers: readonly string[], index: number, stride: number): string =>
  numbers[Math.floor(index / stride) % numbers.length] ?? "";
