/** What runs on a node: "is anything of my program left on n2?" */
import { daemonsOf, findDaemon, isLogWriter } from "./daemons.ts";
import { isNodeInit } from "./node-boot.ts";
import { allProcesses, argumentsOf, pidNamespace, statusNumber } from "@hyperion-ts/processes";
import type { ProcessId } from "@hyperion-ts/processes";
import { hostNamed, nodeInit } from "./site.ts";
import type { Site } from "./site.ts";

/** A process on a node. Its `pid` is the machine's number of it, for `process.kill` and /proc. */
export interface NodeProcess extends ProcessId {
  /** Its real user's name, or number where the cluster does not know it. */
  readonly user: string;
  /** As the process shows it: sshd and slurmstepd write their own. */
  readonly argv: readonly string[];
}

/**
 * What runs there, without what makes the node a node (its first process, sshd, slurmd, slurmctld); sshd's sessions
 * and Slurm's job steps are in it. None on a stopped node. Zombies do not run.
 *
 * @throws TestbedError `unknown-node` when there is no node of that name
 */
export function processesOn(site: Site, node: string): readonly NodeProcess[] {
  const init = nodeInit(site, node);
  if (init === undefined) return [];
  const namespace = pidNamespace(init.pid);
  const daemons = daemonsOf(site, hostNamed(site, node)).flatMap((daemon) => findDaemon(site, daemon)?.pid ?? []);
  return allProcesses()
    .filter(
      ({ pid, state, parent }) =>
        state !== "Z" && pidNamespace(pid) === namespace && !daemons.includes(pid) && !isHelperOf(daemons, parent, pid),
    )
    .map(({ pid, startTime }) => ({
      pid,
      startTime,
      user: userName(site, statusNumber(pid, "Uid")),
      argv: argumentsOf(pid),
    }))
    .filter(({ argv }) => argv.length > 0 && !isNodeInit(argv) && !isLogWriter(argv));
}

const userName = ({ plan }: Site, uid: number | undefined): string =>
  plan.users.find((user) => user.uid === uid)?.name ?? String(uid);

/** slurmctld keeps a second process for its scripts. */
const isHelperOf = (daemons: readonly number[], parent: number, pid: number): boolean =>
  daemons.includes(parent) && argumentsOf(pid)[0]?.includes("slurmscriptd") === true;
