import { expect, test } from "vitest";
import { slurmConfigTimeMs, slurmSetting } from "../src/index.ts";

const CONFIG =
  "Configuration data as of 2026-11-28T15:40:25\nBatchClusterName         = no\nClusterName             = gamma\nKillWait                = 30 sec\n";

test("a setting is found by its whole name", () => {
  expect(["ClusterName", "KillWait", "Name"].map((name) => slurmSetting(CONFIG, name))).toEqual([
    "gamma",
    "30 sec",
    undefined,
  ]);
});

test("an answer tells the controller's time, and an error does not", () => {
  expect(slurmConfigTimeMs(CONFIG)).toBe(Date.UTC(2026, 10, 28, 15, 40, 25));
  expect(slurmConfigTimeMs("slurm_load_ctl_conf error: Unable to contact slurm controller\n")).toBeUndefined();
});
