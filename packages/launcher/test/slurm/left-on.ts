/** Who is left on a machine of a cluster. */
import type { NodeProcess, Testbed } from "@hyperion-ts/testbed";

/** How long a condition may take to come true; a limit, not a claim. */
export const PATIENT = { timeout: 60_000, interval: 20 } as const;

/** All that runs there but for the heads themselves, and salloc. sshd's sessions and Slurm's steps are in it. */
export const leftOn = (cluster: Testbed, machine: string): readonly NodeProcess[] =>
  cluster.processes(machine).filter(({ argv }) => !argv.some((arg) => arg.endsWith("programs/head.ts")));

/** Agents, their guards and workers there, without the sessions and steps that they are in. */
export const oursOn = (cluster: Testbed, node: string): readonly NodeProcess[] =>
  leftOn(cluster, node).filter(({ argv }) => !/sshd|slurmstepd/.test(argv[0] ?? ""));
