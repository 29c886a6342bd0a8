/** How many threads Slurm counts for each core of a node. Pure: the caller runs scontrol. */
import { parseNodeName } from "./node-name.ts";

/**
 * The threads of a core by the node's name, from what `scontrol show node` prints, also with `--oneliner`. Nodes of
 * which that says no `ThreadsPerCore=` are left out.
 *
 * @throws SlurmEnvError `malformed` when a node's name can't be one
 */
export function parseThreadsPerCore(text: string): ReadonlyMap<string, number> {
  const records = text.split(/^(?=NodeName=)/m);
  return new Map(
    records.flatMap((record) => {
      const name = /^NodeName=(\S+)/.exec(record)?.[1];
      const threads = Number(/\sThreadsPerCore=(\d+)/.exec(record)?.[1] ?? 0);
      return name === undefined || threads === 0 ? [] : [[parseNodeName(name), threads] as const];
    }),
  );
}
