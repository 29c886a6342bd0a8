/**
 * A real Slurm cluster on this machine: slurmctld, a slurmd and an sshd per node, munge. Nodes are sets of kernel
 * namespaces with addresses of their own; nothing on the machine is changed.
 */
import { buildCluster } from "./build-cluster.ts";
import { startHolderWithCgroups } from "./cgroup-holder.ts";
import { optionsForCgroups } from "./cgroup-options.ts";
import { planCluster } from "./cluster-plan.ts";
import { endHolder, startHolder } from "./holder.ts";
import type { Lifetime } from "./holder.ts";
import { defaultRelease } from "./default-release.ts";
import { machineSize } from "./machine-size.ts";
import type { TestbedOptions } from "./options.ts";
import { openTestbed } from "./open-testbed.ts";
import type { Testbed } from "./open-testbed.ts";
import { makeReleaseRoot } from "./release-root.ts";
import type { Site } from "./site.ts";
import { TestbedError } from "./testbed-error.ts";
import { testbedMissing } from "./testbed-missing.ts";

/**
 * Makes a cluster and returns when all of its nodes are idle. It lives until it is disposed of, and never longer than
 * this process, however that ends.
 *
 * @example
 * await using cluster = await testbed({ nodes: [{ name: "n1", cpus: 2 }, { name: "n2", cpus: 4 }] });
 * const { stdout } = await cluster.run("login", ["srun", "-N2", "hostname"], { user: "alice" });
 *
 * @throws TestbedError `missing` when no cluster can be made here, `bad-options` when there can be none of this kind,
 *   `not-started` or `timeout` when something did not come up, with its log. Nothing is left then
 */
export const testbed = async (options: TestbedOptions = {}): Promise<Testbed> =>
  openTestbed(await makeTestbed(options, "with-this-process"));

/** As `testbed`, with a lifetime: for the command line, whose clusters stay. */
export async function makeTestbed(options: TestbedOptions, lifetime: Lifetime): Promise<Site> {
  const asked = { ...options, release: options.release ?? defaultRelease() };
  const missing = testbedMissing(asked);
  if (missing !== null) throw new TestbedError("missing", missing);
  const plan = planCluster(options.cgroups === true ? optionsForCgroups(asked, machineSize()) : asked);
  if (plan.release !== undefined) await makeReleaseRoot(plan.release);
  const holder = await (plan.cgroups ? startHolderWithCgroups(lifetime) : startHolder(lifetime));
  try {
    return await buildCluster(holder, plan, options.timeoutMs ?? 60_000);
  } catch (error) {
    await endHolder(holder);
    throw error;
  }
}
