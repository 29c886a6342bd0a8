/** README's way to a folder of one's own, followed to the letter: with npm, in an empty home. */
import { mkdir, mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect, inject, test } from "vitest";
import { readmeExample } from "../src/readme-example.ts";
import { runProgram } from "../src/run-program.ts";
import { workspaceRoot } from "../src/workspace.ts";

/** What is not in npm's cache is downloaded, by a Node of npm's, which by itself does not know the certificates of this machine. */
const PATIENCE_MS = 600_000;

test(
  "a folder that is set up as README says has programs, types and tests that work",
  { timeout: PATIENCE_MS },
  async () => {
    const readme = await readFile(join(workspaceRoot, "README.md"), "utf8");
    const section = readme.slice(readme.indexOf("## In a folder of your own"), readme.indexOf("## On a cluster"));
    const block = (language: string): string =>
      new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(section)?.[1] ?? "";
    const { program, printed } = readmeExample(readme);

    await using place = await mkdtempDisposable(join(tmpdir(), "hyperion-own-folder-"));
    const [home, folder] = [join(place.path, "home"), join(place.path, "roots")];
    await Promise.all([mkdir(home), mkdir(folder)]);
    const cache = (await runProgram(["npm", "config", "get", "cache"], { cwd: folder })).trim();
    // Tests are run by an npx that was told of packages, and would tell the npx here.
    const env = {
      npm_config_package: "",
      NODE_USE_SYSTEM_CA: "1",
      HOME: home,
      PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`,
      npm_config_cache: cache,
      npm_config_prefer_offline: "true",
      NO_COLOR: "1",
      CI: "true",
    };
    const run = (line: string): Promise<string> =>
      runProgram(["sh", "-ec", line], { cwd: folder, env, timeoutMs: PATIENCE_MS });

    const tarballs = Object.values(inject("tarballs")).map((file) => `'${file}'`);
    await run(block("sh").replace("/tmp/hyperion-ts/*.tgz", tarballs.join(" ")));
    const files = {
      "tsconfig.json": block("json"),
      "roots.ts": program,
      "roots.test.ts": block("ts"),
      "roots.cjs": block("js"),
      "roots.js": stripTypeScriptTypes(program),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);

    expect(await run("node roots.ts")).toBe(printed);
    expect(await run("npx tsc")).toBe("");
    expect(await run("npx vitest run")).toMatch(/Tests {2}2 passed/);
    expect(await run("node roots.js")).toBe(printed);
    expect(await run("node roots.cjs")).toBe("[ 1, 4, 9 ]\n");
    expect(await run("rm -r out; npx -y tsx@4 roots.ts")).toBe(printed);
  },
);
