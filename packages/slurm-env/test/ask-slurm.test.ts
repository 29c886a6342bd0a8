import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type AskOptions, askSlurm, SlurmCommandError, slurmOutput } from "../src/commands.ts";

afterEach(() => void vi.unstubAllEnvs());

/** Whether a process with this argument runs. */
const running = (argument: string): boolean =>
  readdirSync("/proc").some((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(argument);
    } catch {
      return false;
    }
  });

describe("Slurm's commands are asked in a way that their answer does not depend on who asks", () => {
  test("their environment is this process's, but for what changes times, clusters and texts", async () => {
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
    const lines = (await askSlurm(["env"])).stdout.split("\n");
    expect(lines.filter((line) => /^(?:TZ|SLURM_|SCONTROL_|LC_ALL)/.test(line)).toSorted()).toEqual([
      "LC_ALL=C",
      "SLURM_CONF=/etc/slurm/slurm.conf",
      "TZ=UTC",
    ]);
  });

  test("one that hands its environment on has the one that it is given, and no other variable", async () => {
    expect((await askSlurm(["/usr/bin/env"], { env: { TZ: "EST5EDT", SLURM_CLUSTERS: "other" } })).stdout).toBe(
      "TZ=EST5EDT\nSLURM_CLUSTERS=other\n",
    );
  });

  test("they read what they are given, to its end, and nothing else; who does not read it harms nobody", async () => {
    const script = `#!/bin/sh\n${"echo 'ü $HOME'\n".repeat(100_000)}`;
    expect((await askSlurm(["cat"], { input: script })).stdout).toBe(script);
    expect(await askSlurm(["cat"])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await askSlurm(["true"], { input: script })).toMatchObject({ code: 0 });
    expect(await askSlurm(["/no/such/sbatch"], { input: script })).toMatchObject({ failure: { kind: "not-run" } });
  });

  test("what they print may be long: under the id of an array's last task the whole array is shown", async () => {
    expect((await askSlurm(["head", "-c", "3000000", "/dev/zero"])).stdout).toHaveLength(3_000_000);
  });

  test("one that is not there, or that nobody wants to hear of any more, has no code, and says why", async () => {
    expect(await askSlurm(["/no/such/scontrol"])).toMatchObject({
      code: null,
      failure: { kind: "not-run" },
      stderr: expect.stringContaining("ENOENT"),
    });
    expect(await askSlurm(["true", "x".repeat(200_000)])).toMatchObject({
      code: null,
      failure: { kind: "not-run", message: expect.stringContaining("E2BIG") },
    });
    for (const timeLimitMs of [50, 50.5])
      expect(await askSlurm(["sleep", "1000"], { timeLimitMs })).toMatchObject({
        code: null,
        failure: { kind: "timed-out", timeLimitMs },
      });
    expect(await askSlurm(["sleep", "1000"], { signal: AbortSignal.abort() })).toMatchObject({
      code: null,
      failure: { kind: "aborted" },
    });
    expect(await askSlurm(["sh", "-c", "kill -9 $$"])).toMatchObject({
      code: null,
      failure: { kind: "killed", signal: "SIGKILL" },
    });
  });

  test("one that nobody wants to hear of any more has ended when that is said", async () => {
    const controller = new AbortController();
    const answer = askSlurm(["sh", "-c", "trap '' TERM; exec sleep 1000.25"], { signal: controller.signal });
    await vi.waitFor(() => expect(running("1000.25")).toBe(true));
    controller.abort();
    await answer;
    expect(running("1000.25")).toBe(false);
  });

  test("one that prints without end is ended", { timeout: 120_000 }, async () => {
    const { code, failure, stdout } = await askSlurm(["yes", "x".repeat(65_536)]);
    expect([code, failure]).toEqual([null, { kind: "too-long" }]);
    expect(stdout.length).toBeLessThanOrEqual(256 * 1_048_576);
  });
});

describe("an error tells what was run, how that ended, and what to do", () => {
  const refusal = async (argv: readonly string[], options?: AskOptions): Promise<string> => {
    const error = await slurmOutput(argv, options).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(SlurmCommandError);
    return error instanceof Error ? error.message : "";
  };
  const says = (text: string): readonly string[] => ["sh", "-c", `echo '${text}' >&2; exit 1`, "scontrol"];

  test("where it has Slurm's own words, those", async () => {
    expect(await refusal(["sh", "-c", "echo no; exit 3"])).toBe("`sh -c echo no; exit 3` ended with code 3: no");
    expect((await refusal(says("Access/permission denied"))).split("\n")).toHaveLength(1);
    expect(await refusal(says("Access/permission denied"))).toMatch(/ended with code 1: Access\/permission denied$/);
  });

  test("where the controller is away, how to find out", async () => {
    const away = "slurm_load_jobs error: Unable to contact slurm controller (connect failure)";
    expect(await refusal(says(away))).toMatch(/ended with code 1: slurm_load_jobs.*\n.*`scontrol ping`/);
    expect(await refusal(["sleep", "1000"], { timeLimitMs: 50 })).toMatch(
      /^`sleep 1000` gave no answer in 0\.05 s\n.*`scontrol ping`/,
    );
  });

  test("where Slurm does not know the job, why that may be", async () => {
    expect(await refusal(says("slurm_load_jobs error: Invalid job id specified"))).toMatch(/\n.*MinJobAge/);
  });

  test("where there is no such command, where it is looked for", async () => {
    expect(await refusal(["/no/such/scontrol"])).toMatch(/^`\/no\/such\/scontrol` could not be run: .*ENOENT\n.*PATH/);
  });

  test("but an abort has its own reason", async () => {
    const enough = new Error("enough");
    await expect(slurmOutput(["sleep", "1000"], { signal: AbortSignal.abort(enough) })).rejects.toBe(enough);
  });
});
