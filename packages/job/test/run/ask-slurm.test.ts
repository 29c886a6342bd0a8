import { afterEach, describe, expect, test, vi } from "vitest";
import { askSlurm, settingIn } from "../../src/run/ask-slurm.ts";
import { fakeScontrol } from "./fake-scontrol.ts";

afterEach(() => void vi.unstubAllEnvs());

describe("Slurm's commands are asked in a way that their answer does not depend on who asks", () => {
  test("their environment is this process's, but for what changes times, clusters and texts", async () => {
    using _fake = fakeScontrol("env");
    const changed = {
      TZ: "EST5EDT,M3.2.0,M11.1.0",
      SLURM_TIME_FORMAT: "relative",
      SLURM_CLUSTERS: "other",
      SLURM_BITSTR_LEN: "9",
      SCONTROL_ALL: "1",
      LC_ALL: "de_DE.UTF-8",
      SLURM_CONF: "/etc/slurm/slurm.conf",
    };
    for (const [name, value] of Object.entries(changed)) vi.stubEnv(name, value);
    const lines = (await askSlurm(["scontrol", "show", "job"])).stdout.split("\n");
    expect(lines.filter((line) => /^(?:TZ|SLURM_|SCONTROL_|LC_ALL)/.test(line)).toSorted()).toEqual([
      "LC_ALL=C",
      "SLURM_CONF=/etc/slurm/slurm.conf",
      "TZ=UTC",
    ]);
  });

  test("what they print may be long: under the id of an array's last task the whole array is shown", async () => {
    using _fake = fakeScontrol("head -c 3000000 /dev/zero | tr '\\0' x");
    expect((await askSlurm(["scontrol", "show", "job", "7"])).stdout).toHaveLength(3_000_000);
  });

  test("one that is not there, or that nobody wants to hear of any more, has no code, and says why", async () => {
    expect(await askSlurm(["/no/such/scontrol"])).toMatchObject({
      code: null,
      stderr: expect.stringContaining("ENOENT"),
    });
    using _fake = fakeScontrol("exec sleep 1000");
    expect(await askSlurm(["scontrol"], { timeLimitMs: 50 })).toMatchObject({ code: null });
    expect(await askSlurm(["scontrol"], { signal: AbortSignal.abort() })).toMatchObject({ code: null });
  });

  test("a setting is found by its whole name", () => {
    const config =
      "Configuration data as of 2026-11-28\nBatchClusterName         = no\nClusterName             = gamma\nKillWait                = 30 sec\n";
    expect([settingIn(config, "ClusterName"), settingIn(config, "KillWait"), settingIn(config, "Name")]).toEqual([
      "gamma",
      "30 sec",
      undefined,
    ]);
  });
});
