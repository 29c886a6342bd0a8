/**
 * The suites that also run on clusters of other Debian releases than the machine's, whose Slurm and OpenSSH are others.
 * All of them on each would take longer than a person waits for, so the slowest ones run on one release in turn. Pure.
 */
import type { Release } from "@hyperion-ts/testbed";

/** Files of one package's tests, as vitest takes them: parts of their paths. */
export interface Suite {
  /** Its folder. */
  readonly folder: string;
  /** The package's name. */
  readonly name: string;
  /** Parts of the paths of its tests. */
  readonly files: readonly string[];
}

/** Suites on the clusters of one release. */
export interface ReleaseRun {
  /** The release. */
  readonly release: Release;
  /** What runs on its clusters. */
  readonly suites: readonly Suite[];
}

const EVERYWHERE: readonly Suite[] = [
  { folder: "packages/slurm-env", name: "@hyperion-ts/slurm-env", files: ["test/slurm/"] },
  {
    folder: "packages/launcher",
    name: "@hyperion-ts/launcher",
    files: ["test/slurm/transports.test.ts", "test/slurm/srun-variables.test.ts"],
  },
  { folder: "packages/job", name: "@hyperion-ts/job", files: ["test/slurm/shapes"] },
  {
    folder: "packages/cluster",
    name: "@hyperion-ts/cluster",
    files: ["test/slurm/example.test.ts", "test/slurm-asking/waits-and-ends.test.ts"],
  },
];

const IN_TURN: readonly Suite[] = [
  {
    folder: "packages/launcher",
    name: "@hyperion-ts/launcher",
    files: ["test/slurm/connecting", "test/slurm/login-shells.test.ts", "test/slurm/link.test.ts"],
  },
  { folder: "packages/job", name: "@hyperion-ts/job", files: ["test/slurm/faults"] },
  {
    folder: "packages/cluster",
    name: "@hyperion-ts/cluster",
    files: [
      "test/sbatch/testbed-",
      "test/slurm-asking/accounting.test.ts",
      "test/slurm-asking/controller-away.test.ts",
      "test/slurm-asking/slow-ends.test.ts",
    ],
  },
  {
    folder: "tooling/testbed",
    name: "@hyperion-ts/testbed",
    files: ["test/cluster.test.ts", "test/faults.test.ts", "test/slurmctld-fault.test.ts"],
  },
];

/** @param commit its hash, in hexadecimal digits: it decides whose turn it is. */
export function releaseRuns(releases: readonly Release[], commit: string): readonly ReleaseRun[] {
  const turn = turnOf(releases, commit);
  return releases.map((release) => ({ release, suites: release === turn ? [...EVERYWHERE, ...IN_TURN] : EVERYWHERE }));
}

/** The release on which the slowest suites run. */
export const turnOf = (releases: readonly Release[], commit: string): Release | undefined =>
  releases[Number.parseInt(commit.slice(0, 8), 16) % releases.length];
