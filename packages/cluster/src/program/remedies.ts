/** What would help a call of a job that failed: options for the next submission, within what the site gives, and words. Pure. */
import { type HoldChanges, memoryText, type Remedy } from "@hyperion-ts/holds";
import { jobSeconds } from "../sbatch/job-time.ts";
import { candidatesOf, type PartitionLimit, sparableNodes } from "../sbatch/partition-limits.ts";
import { type SbatchOptions, withSbatchDefaults } from "../sbatch/sbatch-options.ts";
import { slurmTimeText } from "./changed-options.ts";
import type { HoldCause } from "./hold-cause.ts";
import { refusalRemedy } from "./refusal-remedies.ts";
import { askedMegabytes, mostMegabytes, type Site } from "./site.ts";

const GOES_ON = "It goes on from what it had computed.";

/** What would help after `cause`, of a job that had asked for `asked`. */
export function remedyOf(cause: HoldCause, asked: SbatchOptions, site: Site): Remedy {
  const options = withSbatchDefaults(asked, "/");
  switch (cause.kind) {
    case "out-of-memory":
      return moreMemory(options, site);
    case "out-of-time":
      return moreTime(options, site);
    case "node-failed":
    case "not-begun":
      return elsewhere(cause, options, site);
    case "refused":
      return refusalRemedy(cause.words, options, site);
    case "not-submitted":
      return {
        changes: {},
        words: "Mend what the first of them failed with, and run the program again; if it is mended, retry it.",
      };
    case "threw":
      return {
        changes: {},
        words:
          "Mend the program, and run it again: with other code it is held no longer, and what was computed stays. A retry runs the same code once more.",
      };
    case "ended":
      return { changes: {}, words: `A retry submits it again. ${GOES_ON}` };
    default:
      return cause satisfies never;
  }
}

/** The next power of two; not one that is hardly more. */
const nextPower = (megabytes: number): number => 2 ** Math.ceil(Math.log2(megabytes * 1.25));

function moreMemory(options: SbatchOptions, site: Site): Remedy {
  const now = askedMegabytes(options, site);
  const { inOwn, elsewhere: other } = bestOf(options, site, mostMegabytes);
  if (now === Infinity) {
    if (other === undefined || inOwn === undefined || other.most <= inOwn)
      return noMore("It had all the memory of its nodes: let it need less, such as with fewer calls at a time.");
    return {
      changes: { partition: other.name, mem: memoryText(other.most) },
      words: inPartition(other.name, "memory"),
    };
  }
  const wanted = nextPower(now);
  const words = `More memory: it had asked for ${memoryText(now)} on each node. ${GOES_ON}`;
  if (inOwn === undefined || inOwn >= wanted) return { changes: { mem: memoryText(wanted) }, words };
  if (inOwn > now)
    return { changes: { mem: memoryText(inOwn) }, words: `${words} Its partition's nodes have no more than that.` };
  if (other === undefined || other.most <= now)
    return noMore(
      `No node here has more than ${memoryText(inOwn)}: let it need less, such as with fewer calls at a time.`,
    );
  const mem = memoryText(Math.min(wanted, other.most));
  return { changes: { partition: other.name, mem }, words: inPartition(other.name, "memory") };
}

function moreTime(options: SbatchOptions, site: Site): Remedy {
  const { time } = options;
  const now = typeof time === "object" && time !== null ? jobSeconds(time) : Infinity;
  const { inOwn, elsewhere: other } = bestOf(options, site, ({ maxSeconds }) => maxSeconds);
  if (now === Infinity) return { changes: {}, words: `It had all the time that its partition gives. ${GOES_ON}` };
  const wanted = 2 * now;
  const words = `Twice the time: it had asked for ${slurmTimeText(now)}. ${GOES_ON}`;
  if (inOwn === undefined || inOwn >= wanted) return { changes: { time: slurmTimeText(wanted) }, words };
  if (inOwn > now)
    return { changes: { time: slurmTimeText(inOwn) }, words: `More time, as much as its partition gives. ${GOES_ON}` };
  if (other === undefined || other.most <= now)
    return { changes: {}, words: `No partition gives more time than it had. ${GOES_ON}` };
  const longer = slurmTimeText(Math.min(wanted, other.most));
  return { changes: { time: longer, partition: other.name }, words: `${inPartition(other.name, "time")} ${GOES_ON}` };
}

const inPartition = (name: string, what: string): string => `Its partition gives no more ${what}, and ${name} does.`;

const noMore = (words: string): Remedy => ({ changes: {}, words });

/** The most that a job's own partitions give, and the best other one; undefined where nothing is known. */
function bestOf(
  options: SbatchOptions,
  { partitions, ownPartition }: Site,
  most: (partition: PartitionLimit) => number,
): {
  readonly inOwn: number | undefined;
  readonly elsewhere: { readonly name: string; readonly most: number } | undefined;
} {
  const own = candidatesOf(options, partitions, ownPartition);
  const [best] = partitions
    .filter((each) => !own.includes(each))
    .map((each) => ({ name: each.name, most: most(each) }))
    .toSorted((a, b) => b.most - a.most);
  return { inOwn: own.length === 0 ? undefined : Math.max(...own.map(most)), elsewhere: best };
}

function elsewhere(
  { kind, node }: Extract<HoldCause, { readonly kind: "node-failed" | "not-begun" }>,
  options: SbatchOptions,
  { partitions, ownPartition }: Site,
): Remedy {
  const mend = kind === "not-begun" ? " Where it fails elsewhere, too, mend its preamble or the program." : "";
  const canSpare = sparableNodes(options, partitions, ownPartition) > (options.exclude?.length ?? 0);
  if (node === undefined || !canSpare || options.nodelist?.includes(node) === true)
    return { changes: {}, words: `A retry submits it again. ${GOES_ON}${mend}` };
  const changes: HoldChanges = { exclude: node };
  return { changes, words: `Without the node ${node}, where it failed. ${GOES_ON}${mend}` };
}
