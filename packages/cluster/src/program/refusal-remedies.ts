/** What would help where Slurm refuses a job: another value for the option that its words blame. Pure. */
import { memoryText, type Remedy } from "@hyperion-ts/holds";
import { jobSeconds } from "../sbatch/job-time.ts";
import { candidatesOf } from "../sbatch/partition-limits.ts";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";
import { slurmTimeText } from "./changed-options.ts";
import { askedMegabytes, mostMegabytes, type Site } from "./site.ts";

/** Whether sbatch's words blame an account or a QOS, so that it is worth asking which ones this person has. */
export const blamesAssociation = (words: string): boolean => BLAMED.account.test(words) || BLAMED.qos.test(words);

const BLAMED = {
  account: /Invalid account|account has breached/iu,
  qos: /Invalid qos/iu,
  partition: /Invalid partition|group not permitted to use this partition|nodes not in this partition/iu,
  time: /time limit is invalid|Invalid --time|WallDuration|MaxWall|minutes, and the partition/iu,
  memory: /Memory specification|Invalid (?:--)?mem|MB of memory|MemPer/iu,
} as const;

/** What would help after these words of sbatch. */
export function refusalRemedy(words: string, options: SbatchOptions, site: Site): Remedy {
  const { accounts, qos, partitions } = site;
  if (BLAMED.account.test(words)) return another("account", accounts, options.account);
  if (BLAMED.qos.test(words)) return another("qos", qos, options.qos);
  if (BLAMED.partition.test(words)) {
    const first = partitions.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault));
    return another(
      "partition",
      first.map(({ name }) => name),
      options.partition,
    );
  }
  if (BLAMED.time.test(words)) return lessTime(options, site);
  if (BLAMED.memory.test(words)) return lessMemory(options, site);
  return { changes: {}, words: "Change what Slurm's words blame: by options of this retry, or in the program." };
}

function another(
  option: "account" | "qos" | "partition",
  names: readonly string[],
  asked: string | readonly string[] | null | undefined,
): Remedy {
  const name = names.find((each) => each !== asked && asked?.includes(each) !== true);
  if (name === undefined)
    return { changes: {}, words: `Name another one: hyperion retry takes --${option} NAME, too.` };
  const others = names.length > 1 ? ` You have ${names.slice(0, 8).join(", ")}.` : "";
  return { changes: { [option]: name }, words: `Another ${option === "qos" ? "QOS" : option}: ${name}.${others}` };
}

function lessTime(options: SbatchOptions, { partitions, ownPartition }: Site): Remedy {
  const { time } = options;
  const asked = typeof time === "object" && time !== null ? jobSeconds(time) : Infinity;
  const most = Math.max(0, ...candidatesOf(options, partitions, ownPartition).map(({ maxSeconds }) => maxSeconds));
  if (most > 0 && most < asked)
    return { changes: { time: slurmTimeText(most) }, words: "Less time: as much as its partition gives." };
  return asked === Infinity
    ? { changes: {}, words: "Ask for less time: hyperion retry takes --time, too." }
    : { changes: { time: slurmTimeText(asked / 2) }, words: "Less time, such as half of it; or another QOS." };
}

function lessMemory(options: SbatchOptions, site: Site): Remedy {
  const own = candidatesOf(options, site.partitions, site.ownPartition);
  const most = Math.max(0, ...own.map(mostMegabytes));
  return most > 0 && most < askedMegabytes(options, site)
    ? { changes: { mem: memoryText(most) }, words: "Less memory: as much as the largest node of its partition has." }
    : { changes: {}, words: "Ask for less memory: hyperion retry takes --mem, too." };
}
