/** Calls that must not compile: checked by tsc, never run. */
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import { testbed } from "../src/index.ts";
import type { SshSession } from "../src/index.ts";

export const options = [
  testbed(),
  testbed({
    nodes: [
      { name: "n1", cpus: 2, gpus: 1 },
      { name: "n2", sockets: 1, coresPerSocket: 2, threadsPerCore: 2 },
    ],
  }),
  // @ts-expect-error a layout is whole or not there
  testbed({ nodes: [{ name: "n1", sockets: 2 }] }),
  // @ts-expect-error a share has two places
  testbed({ share: [{ from: "/a" }] }),
];

export async function use(): Promise<SlurmJobId> {
  await using cluster = await testbed();
  // @ts-expect-error a command is an argument vector, not a line for a shell
  await cluster.run("n1", "rm -rf *");
  // @ts-expect-error a delay has its unit in its name
  await cluster.fault.slow("n1", 100);
  // @ts-expect-error a number is not a job's id
  await cluster.waitForJob(4711);
  return await cluster.sbatch("#!/bin/sh\n");
}

export function userOf(session: SshSession): string {
  // @ts-expect-error who was dropped has not said who he is
  if (session.outcome === "dropped") return session.user;
  return session.outcome === "accepted" ? session.user : (session.user ?? "");
}
