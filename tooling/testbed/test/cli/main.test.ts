import { execFile } from "node:child_process";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { describeOnTestbed } from "../../src/index.ts";

const main = join(import.meta.dirname, "../../src/cli/main.ts");
const cluster = `--name=test-${process.pid}`;
const cli = (...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((done) => {
    execFile(process.execPath, [main, ...args], { encoding: "utf8" }, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

describeOnTestbed(describe)("the command line", () => {
  afterAll(async () => {
    await cli("down", cluster);
  });

  it("keeps a cluster up from one call to the next, until down", async () => {
    expect(await cli("up", cluster, "--node=n1:2", "--node=n2:2")).toMatchObject({ code: 0, stderr: "" });
    expect(await cli("up", cluster)).toMatchObject({ code: 1, stderr: "It is up already: `testbed down` ends it.\n" });
    expect(
      await cli("exec", cluster, "login", "--user", "alice", "srun", "-N2", "sh", "-c", "echo $0", "--name"),
    ).toMatchObject({ code: 0, stdout: "--name\n--name\n" });
    expect((await cli("exec", cluster, "n1", "sh", "-c", "exit 7")).code).toBe(7);

    await using folder = await mkdtempDisposable(join(tmpdir(), "testbed-cli-"));
    await writeFile(join(folder.path, "job.sh"), "#!/bin/sh\nexit 4\n");
    expect(await cli("submit", cluster, join(folder.path, "job.sh"), "--user=alice", "--wait")).toMatchObject({
      code: 4,
      stdout: "2\nFAILED\n",
    });

    expect(await cli("fault", cluster, "stop", "n2")).toMatchObject({ code: 0, stderr: "" });
    expect((await cli("status", cluster)).stdout).toMatch(/^n2 .*stopped$/m);
    expect(await cli("exec", cluster, "n2", "true")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("n2 is stopped"),
    });
    expect(await cli("fault", cluster, "heal", "n2")).toMatchObject({ code: 0, stderr: "" });
    expect((await cli("status", cluster)).stdout).toMatch(/^n2 .*idle +sshd runs, slurmd runs$/m);

    expect(await cli("fault", cluster, "save-slurmctld-state", "--state=early")).toMatchObject({ code: 0, stderr: "" });
    expect(await cli("fault", cluster, "hang-slurmctld")).toMatchObject({ code: 0, stderr: "" });
    expect((await cli("status", cluster)).stdout).toMatch(/^login .*slurmctld hangs$/m);
    expect(await cli("fault", cluster, "stop-slurmctld")).toMatchObject({ code: 0, stderr: "" });
    expect((await cli("status", cluster)).stdout).toMatch(/^login .*slurmctld not running$/m);
    expect(await cli("fault", cluster, "start-slurmctld", "--state=late")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("there is early"),
    });
    expect(await cli("fault", cluster, "start-slurmctld", "--state=early")).toMatchObject({ code: 0, stderr: "" });

    expect(await cli("down", cluster)).toMatchObject({ code: 0, stdout: "down\n" });
    expect(await cli("status", cluster)).toMatchObject({ code: 3, stdout: "It is not up.\n" });
    expect(existsSync(`/run/hyperion-testbed/test-${process.pid}.json`)).toBe(false);
  });

  it("explains what it can't do", async () => {
    expect((await cli("fault", cluster, "cut", "n1")).stderr).toContain("`testbed up` makes it");
    expect(await cli("up", "--nodes=3")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Unknown option '--nodes'"),
    });
    expect(await cli()).toMatchObject({ code: 2, stderr: expect.stringContaining("testbed fault cut|heal|slow") });
  });
});
