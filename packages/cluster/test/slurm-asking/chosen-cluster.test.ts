import { describe, expect, test } from "vitest";
import { chosenCluster, onCluster } from "../../src/slurm/chosen-cluster.ts";

describe("the cluster that is meant", () => {
  test.each([
    [{}, undefined],
    [{ SLURM_CLUSTERS: "alpha" }, "alpha"],
    [{ SBATCH_CLUSTERS: "beta", SLURM_CLUSTERS: "alpha" }, "beta"],
  ])("by %j is %s", (env, cluster) => {
    expect(chosenCluster(env)).toBe(cluster);
  });

  test.each([
    [{ SLURM_CLUSTERS: "alpha,beta" }, /^SLURM_CLUSTERS is "alpha,beta", and a program's jobs must be on one cluster/],
    [{ SBATCH_CLUSTERS: "all", SLURM_CLUSTERS: "alpha" }, /^SBATCH_CLUSTERS is "all"/],
    [{ SLURM_CLUSTERS: "" }, /^SLURM_CLUSTERS is ""/],
  ])("can't be several: %j", (env, words) => {
    expect(() => chosenCluster(env)).toThrow(words);
  });

  test("is asked by each command", () => {
    expect(onCluster(["scancel", "1", "2"], "alpha")).toEqual(["scancel", "--clusters=alpha", "1", "2"]);
    expect(onCluster(["scontrol", "show", "job", "1"], undefined)).toEqual(["scontrol", "show", "job", "1"]);
  });
});
