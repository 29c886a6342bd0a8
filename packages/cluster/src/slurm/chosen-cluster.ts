/**
 * Which of a site's clusters is meant. Slurm's commands ask the one that they are on; a person chooses another one by
 * SLURM_CLUSTERS, or SBATCH_CLUSTERS for sbatch alone. What is asked of a job later must go to the same one, as others do not
 * know it, or know another job of that number. (`--clusters` of sbatch(1), squeue(1), scontrol(1), scancel(1), sacct(1), sinfo(1))
 */
import { askSlurm } from "@hyperion-ts/slurm-env/commands";

type Environment = Readonly<Record<string, string | undefined>>;

/** What sbatch takes for `--clusters` from these variables; undefined where it submits to the cluster that it is on. */
export const clustersOf = (env: Environment): string | undefined => env["SBATCH_CLUSTERS"] ?? env["SLURM_CLUSTERS"];

/**
 * The one cluster that these variables choose; undefined for the one that the commands are on.
 *
 * @throws RangeError where they name several, of which Slurm would take the first to be free for each job
 */
export function chosenCluster(env: Environment): string | undefined {
  const clusters = clustersOf(env);
  if (clusters === undefined) return undefined;
  if (!/^[^,\s]+$/.test(clusters) || clusters === "all")
    throw new RangeError(
      `${env["SBATCH_CLUSTERS"] === undefined ? "SLURM_CLUSTERS" : "SBATCH_CLUSTERS"} is ${JSON.stringify(clusters)}, and a program's jobs must be on one cluster: set SLURM_CLUSTERS to its name (\`sacctmgr show cluster\` lists them), or unset it for the one of this machine`,
    );
  return clusters;
}

/** Asks that cluster; undefined: the one that the commands are on. */
export const askOn =
  (cluster: string | undefined): typeof askSlurm =>
  (argv, options) =>
    askSlurm(onCluster(argv, cluster), options);

/** The same command for that cluster. */
export const onCluster = (
  [command = "", ...arguments_]: readonly string[],
  cluster: string | undefined,
): readonly string[] => [command, ...(cluster === undefined ? [] : [`--clusters=${cluster}`]), ...arguments_];
