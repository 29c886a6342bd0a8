import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type InstalledFolder, installFolder } from "../src/installed-folder.ts";
import { readmeExample } from "../src/readme-example.ts";
import { publishedPackages, workspaceRoot } from "../src/workspace.ts";

/** Package and version in the registry, what it calls itself, and the start of its command line. */
const REFUSED = [
  ["node@20.20.2", /^Node 20\.20\.2 \(.*\)$/, []],
  ["node@22.18.0", /^Node 22\.18\.0 \(.*\)$/, []],
  ["node@24.2.0", /^Node 24\.2\.0 \(.*\)$/, []],
  ["bun@1.4.5", /^Bun 1\.4\.5$/, []],
  ["deno@2.9.6", /^Deno 2\.9\.6$/, ["run", "--allow-all", "--no-check"]],
] as const;

/** They are downloaded once, by a Node of npm's, which by itself does not know the certificates of this machine. */
const PATIENCE_MS = 600_000;

const example = readmeExample(readFileSync(join(workspaceRoot, "README.md"), "utf8"));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe("a program on another runtime", () => {
  let folder: InstalledFolder;
  beforeAll(async () => {
    folder = await installFolder(inject("tarballs"), [
      ...publishedPackages.map(({ name }) => name),
      ...example.packages.filter((name) => name === "zod"),
    ]);
    await writeFile(join(folder.path, "roots.js"), stripTypeScriptTypes(example.program));
    for (const { name, folderName } of publishedPackages) {
      await writeFile(
        join(folder.path, `${folderName}.mjs`),
        `import * as everything from "${name}";\nconsole.log(typeof everything);\n`,
      );
      await writeFile(join(folder.path, `${folderName}.cjs`), `console.log(typeof require("${name}"));\n`);
    }
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  async function run(runtime: string, args: readonly string[], file: string): Promise<Ended> {
    const [name = ""] = runtime.split("@");
    const child = spawn("npx", ["-y", "--prefer-offline", "-p", runtime, "--", name, ...args, file], {
      cwd: folder.path,
      env: { ...process.env, NODE_USE_SYSTEM_CA: "1", NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [[code], stdout, stderr] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
    return { code: Number(code), stdout, stderr };
  }

  const programs = [
    "roots.js",
    ...publishedPackages.flatMap(({ folderName }) => [`${folderName}.mjs`, `${folderName}.cjs`]),
  ];

  test.for(REFUSED)(
    "%s is refused by a sentence that names it and what is needed, whichever package is loaded",
    { timeout: PATIENCE_MS },
    async ([runtime, found, args]) => {
      for (const program of programs) {
        const { code, stdout, stderr } = await run(runtime, args, program);
        const sentences = [
          ...stderr.matchAll(
            /hyperion-ts needs Node 24\.3 or later, and this is (.*?): run the program with a newer Node/g,
          ),
        ].map(([, name]) => name);
        expect({ program, code, stdout, sentences, stderr }).toMatchObject({
          program,
          code: 1,
          stdout: "",
          sentences: [expect.stringMatching(found)],
        });
        if (runtime.startsWith("node")) expect(stderr.trim().split("\n")).toHaveLength(1);
      }
    },
  );

  test(
    "the oldest Node that is needed runs README's program, and loads every package",
    { timeout: PATIENCE_MS },
    async () => {
      expect(await run("node@24.3.0", [], "roots.js")).toMatchObject({ code: 0, stdout: example.printed });
      for (const program of programs.slice(1))
        expect({ program, ...(await run("node@24.3.0", ["--no-warnings"], program)) }).toEqual({
          program,
          code: 0,
          stdout: "object\n",
          stderr: "",
        });
    },
  );
});

test("the packages that can't share the check have the same one", () => {
  const copies = ["bounds", "code-hash", "own-files", "slurm-env", "wire"].map((name) =>
    readFileSync(join(workspaceRoot, "packages", name, "src/supported-node.ts"), "utf8"),
  );
  expect(new Set(copies).size).toBe(1);
});
