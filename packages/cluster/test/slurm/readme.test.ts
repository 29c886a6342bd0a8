/** Programs of two READMEs, as they stand there: on a login node they print what their README says, and submit nothing when they run again. */
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster } from "./program-cluster.ts";

const root = resolve(import.meta.dirname, "../../../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const ofPackage = readFileSync(join(root, "packages/cluster/README.md"), "utf8");

/** The first block of a language behind `from`. */
const block = (text: string, language: string, from = ""): string =>
  new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(text.slice(text.indexOf(from)))?.[1] ?? "";

/** What a program prints stands in a terminal's text between the lines of its progress. */
const LINE_OF_BRACKETS = /^\d.* to .*\n/gm;

describeOnTestbed(describe)("README", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(6)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** Runs `program` twice, in a folder with these files; gives what it printed, and how many jobs it submitted. */
  async function runTwice(name: string, program: string, files: Readonly<Record<string, string>>) {
    const dir = await cluster.dir(name);
    symlinkSync("/srv/checkout/apps/demo/node_modules", join(dir.path, "node_modules"));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(dir.path, file), text);
    const before = (await cluster.testbed.jobs()).length;
    const run = async () => {
      const argv = ["/opt/node/node", program];
      const { exitCode, stdout, stderr } = await cluster.testbed.run("login", argv, {
        user: "alice",
        cwd: dir.inCluster,
      });
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      return { stdout, submitted: (await cluster.testbed.jobs()).length - before };
    };
    return [await run(), await run()];
  }

  test("shows a program whose three jobs print what it says", async () => {
    const login = "## From a login node";
    const files = { "roots.ts": block(readme, "ts"), "precisions.ts": block(readme, "ts", login) };
    const stdout = block(readme, "text", login).match(LINE_OF_BRACKETS)?.slice(0, 3).join("");
    const submitted = 3;
    expect(await runTwice("root", "precisions.ts", files)).toEqual([
      { stdout, submitted },
      { stdout, submitted },
    ]);
  });

  test("of the package shows a program whose two jobs print what it says", async () => {
    const stdout = block(ofPackage, "text");
    const submitted = 2;
    expect(await runTwice("package", "primes.ts", { "primes.ts": block(ofPackage, "ts") })).toEqual([
      { stdout, submitted },
      { stdout, submitted },
    ]);
  });
});
