/** The repository's README promises a program and a batch script: both are run as they stand there. */
import {
  chmodSync,
  mkdirSync,
  mkdtempDisposableSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describeOnTestbed, testbed } from "@hyperion-ts/testbed";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../../../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
/** The first block of a language behind `from`. */
const block = (language: string, from = ""): string =>
  new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(readme.slice(readme.indexOf(from)))?.[1] ?? "";

describeOnTestbed(describe)("README", () => {
  test("its batch script runs its program on four nodes, and what that prints is what README says", async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "hyperion-readme-"));
    const place = join(folder.path, "runs");
    mkdirSync(place);
    // The folder around it lets nobody else in.
    chmodSync(place, 0o777);
    symlinkSync("/srv/checkout/apps/demo/node_modules", join(place, "node_modules"));
    writeFileSync(join(place, "roots.ts"), block("ts").replaceAll("runJobLocal", "runJobSlurm"));
    await using cluster = await testbed({
      nodes: ["n1", "n2", "n3", "n4"].map((name) => ({ name, cpus: 2 })),
      share: [
        { from: root, to: "/srv/checkout" },
        { from: dirname(realpathSync(process.execPath)), to: "/opt/node" },
        { from: place, to: "/srv/runs" },
      ],
    });
    const script = block("sh", "## On a cluster");
    const id = await cluster.sbatch(script, {
      user: "alice",
      cwd: "/srv/runs",
      args: ["-o", "printed.txt", "-e", "progress.txt"],
      env: { PATH: "/opt/node:/usr/bin:/bin" },
    });
    const { state } = await cluster.waitForJob(id);
    const progress = readFileSync(join(place, "progress.txt"), "utf8");
    expect({ state, progress }).toMatchObject({ state: "COMPLETED" });
    expect(progress.match(/^n\d: 2 CPUs$/gm)?.toSorted()).toEqual([
      "n1: 2 CPUs",
      "n2: 2 CPUs",
      "n3: 2 CPUs",
      "n4: 2 CPUs",
    ]);
    expect(readFileSync(join(place, "printed.txt"), "utf8")).toBe(block("text"));
  });
});
