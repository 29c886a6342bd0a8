import { chmodSync, mkdirSync, mkdtempDisposableSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describeOnTestbed, testbed } from "@hyperion-ts/testbed";
import { describe, expect, inject, test } from "vitest";
import { installFolder } from "../src/installed-folder.ts";
import { readmeExample } from "../src/readme-example.ts";
import { readTarball } from "../src/tarball.ts";

describeOnTestbed(describe)("@hyperion-ts/cluster, installed from its tarball", () => {
  test("runs its README's example by Slurm jobs, whose heads and snapshots are of compiled files", async () => {
    const tarballs = inject("tarballs");
    const readme = (await readTarball(tarballs["@hyperion-ts/cluster"] ?? "")).files.get("README.md") ?? "";
    const { program, printed, packages } = readmeExample(readme);
    await using installed = await installFolder(tarballs, packages);
    chmodSync(installed.path, 0o755);
    using folder = mkdtempDisposableSync(join(tmpdir(), "hyperion-login-"));
    const place = join(folder.path, "runs");
    mkdirSync(place);
    chmodSync(place, 0o1777);
    symlinkSync("/srv/installed/node_modules", join(place, "node_modules"));
    writeFileSync(join(place, "primes.ts"), program);
    await using cluster = await testbed({
      nodes: ["n1", "n2", "n3", "n4"].map((name) => ({ name, cpus: 2 })),
      share: [
        { from: installed.path, to: "/srv/installed" },
        { from: dirname(realpathSync(process.execPath)), to: "/opt/node" },
        { from: place, to: "/srv/runs" },
      ],
    });
    const argv = ["/opt/node/node", "primes.ts"];
    const { exitCode, stdout, stderr } = await cluster.run("login", argv, { user: "alice", cwd: "/srv/runs" });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).toBe(printed);
    // The program has their values a moment before they have ended.
    const jobs = await Promise.all((await cluster.jobs()).map(({ id }) => cluster.waitForJob(id)));
    expect(jobs.map(({ state }) => state)).toEqual(["COMPLETED", "COMPLETED"]);
  });
});
