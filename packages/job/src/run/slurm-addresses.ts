/** Where Slurm itself finds the nodes: their NodeAddr (slurm.conf(5)), which name servers need not know. */
import { askSlurm } from "@hyperion-ts/slurm-env/commands";

/** Asks scontrol, once for all `nodes`, when the first address is wanted. */
export function slurmAddresses(nodes: readonly string[]): (node: string) => Promise<string | undefined> {
  let asked: Promise<ReadonlyMap<string, string>> | undefined;
  return async (node) => {
    asked ??= askSlurm(["scontrol", "show", "node", nodes.join(","), "--oneliner"]).then(({ stdout }) =>
      parseNodeAddresses(stdout),
    );
    const addresses = await asked;
    // A controller that did not answer may do so the next time.
    if (addresses.size === 0) asked = undefined;
    return addresses.get(node);
  };
}

/** Reads what `scontrol show node NODES --oneliner` prints: a line for each node. */
export function parseNodeAddresses(printed: string): ReadonlyMap<string, string> {
  const found = printed.split("\n").flatMap((line): [string, string][] => {
    const name = /^NodeName=(\S+)/.exec(line)?.[1];
    const address = /\sNodeAddr=(\S+)/.exec(line)?.[1];
    return name === undefined || address === undefined ? [] : [[name, address]];
  });
  return new Map(found);
}
