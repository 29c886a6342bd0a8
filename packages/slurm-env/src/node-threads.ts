/** How many threads Slurm counts for each core of a node. Pure: the caller runs scontrol. */
import { type NodeName, parseNodeName } from "./node-name.ts";

/** Reads what `scontrol show node` prints, also with `--oneliner`: `ThreadsPerCore=` of each node. What says nothing of it is passed over. */
export function parseThreadsPerCore(text: string): ReadonlyMap<NodeName, number> {
  const records = text.split(/^(?=NodeName=)/m);
  return new Map(
    records.flatMap((record) => {
      const name = /^NodeName=(\S+)/.exec(record)?.[1];
      const threads = Number(/\sThreadsPerCore=(\d+)/.exec(record)?.[1] ?? 0);
      return name === undefined || threads === 0 ? [] : [[parseNodeName(name), threads] as const];
    }),
  );
}
