/** README's job that is put back in the queue whenever its time is up: run as it stands there, past its time limit, until it is done. */
import {
  chmodSync,
  globSync,
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

const PATIENCE_MS = 900_000;
const root = resolve(import.meta.dirname, "../../../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
/** The first block of a language behind `from`. */
const block = (language: string, from = ""): string =>
  new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(readme.slice(readme.indexOf(from)))?.[1] ?? "";

/** More than a minute's work for the four CPUs of two nodes, which mostly waits. */
const POINTS = 60;
const program = block("ts")
  .replace("runJobLocal(", "runJobSlurm(")
  .replace("runJobLocal }", "runJobSlurm }")
  .replace("let [low", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000);\n    let [low")
  .replace("roots([2, 3, 5], 1e-4)", `roots(Array.from({ length: ${POINTS} }, (_, i) => i), 1e-4)`);

/** No limit is shorter than a minute; Slurm looks every 30 s, and may send the signal up to a minute earlier. */
const script = `${block("sh", "## On a cluster")
  .replace(/exec node.*\n/, "")
  .replace("--nodes=4", "--nodes=2")
  .replace("08:00:00", "00:01:00")
  .replace("USR1@120", "USR1@10")}${block("sh", "A job can do that by itself")}`;

describeOnTestbed(describe)("README", () => {
  test(
    "its job that goes on by itself ends when all is computed, each point once",
    { timeout: PATIENCE_MS },
    async () => {
      using folder = mkdtempDisposableSync(join(tmpdir(), "hyperion-chain-"));
      const place = join(folder.path, "runs");
      mkdirSync(place);
      // The folder around it lets nobody else in.
      chmodSync(place, 0o777);
      symlinkSync("/srv/checkout/apps/demo/node_modules", join(place, "node_modules"));
      writeFileSync(join(place, "roots.ts"), program);
      await using cluster = await testbed({
        nodes: ["n1", "n2"].map((name) => ({ name, cpus: 2 })),
        share: [
          { from: root, to: "/srv/checkout" },
          { from: dirname(realpathSync(process.execPath)), to: "/opt/node" },
          { from: place, to: "/srv/runs" },
        ],
        // A job that was put back waits so long.
        slurm: { AuthInfo: "cred_expire=5" },
      });
      const id = await cluster.sbatch(script, {
        user: "alice",
        cwd: "/srv/runs",
        args: ["-o", "printed.txt", "-e", "progress.txt"],
        env: { PATH: "/opt/node:/usr/bin:/bin" },
      });
      const { state, exitCode } = await cluster.waitForJob(id, { timeoutMs: PATIENCE_MS });
      const progress = readFileSync(join(place, "progress.txt"), "utf8");
      expect({ state, exitCode, progress }).toMatchObject({ state: "COMPLETED", exitCode: 0 });

      const events = globSync(join(place, "out/logs/*/*/events.jsonl")).map((file) => readFileSync(file, "utf8"));
      const outcomes = events.flatMap((text) => /"outcome":"(\w+)"/.exec(text)?.[1] ?? []).toSorted();
      expect(outcomes.at(0)).toBe("done");
      expect(outcomes.slice(1)).toEqual(Array.from({ length: outcomes.length - 1 }, () => "interrupted"));
      expect(outcomes.length).toBeGreaterThan(1);
      expect(readFileSync(join(place, "printed.txt"), "utf8").match(/ to /g)).toHaveLength(POINTS);
      const done = [...progress.matchAll(/^(?:done|interrupted) [^:]*: (\d+) calls?/gm)].map(([, calls]) =>
        Number(calls),
      );
      expect(done.reduce((sum, calls) => sum + calls, 0)).toBe(POINTS);
    },
  );
});
