import { CodeReader } from "@hyperion-ts/code-hash";
import { z } from "zod";
import { expect, test } from "vitest";
import type { CodeOf } from "../../src/index.ts";
import { loadedModules, square } from "../functions.ts";
import { testNode, thrownBy } from "../world.ts";

/** A function that the caller believes to be in a module. */
const believedIn = (file: string, name = "test/believed") => ({
  name,
  module: new URL(file, import.meta.url).href,
  input: z.unknown(),
  output: z.unknown(),
  run: () => null,
});

test("a module that a worker can't use fails its calls with an explanation, and no others", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  const broken = [
    [
      "throws when it is loaded",
      believedIn("../modules/throws.ts"),
      "module-failed",
      /modules\/throws\.ts .* "test\/believed" can't be loaded in a worker: this module is broken/u,
    ],
    ["is not there", believedIn("../modules/missing.ts", "test/missing"), "module-failed", /Cannot find module/u],
    [
      "needs a package that is not there",
      believedIn("../modules/needs-package.ts", "test/needy"),
      "module-failed",
      /"test\/needy" can't be loaded in a worker: Cannot find package 'no-such-package' imported from .*needs-package\.ts/u,
    ],
    [
      "starts a program",
      believedIn("../modules/starts-program.ts", "test/recursive"),
      "module-failed",
      /runJobLocal was called inside a worker\..*if \(import\.meta\.main\)/u,
    ],
    [
      "brings a second function of a name",
      believedIn("../modules/both-of-a-name.ts", "test/same-name"),
      "module-failed",
      /first-of-a-name\.ts and .*second-of-a-name\.ts\. Rename one/u,
    ],
    [
      "came with --eval",
      believedIn("./[eval1]", "test/typed"),
      "module-failed",
      /standard input or with --eval.*Save it in one/u,
    ],
    [
      "is no file",
      { ...believedIn("../functions.ts", "test/served"), module: "served:functions" },
      "module-failed",
      /served:functions .*hooks that make it are installed by --import/u,
    ],
    [
      "has no function of the name",
      believedIn("../functions.ts", "test/sqare"),
      "unknown-function",
      /does not define a remote function "test\/sqare".*it defines: .*test\/square/u,
    ],
  ] as const;
  for (const [why, fn, code, message] of broken) {
    const [first, second] = await Promise.all([thrownBy(worker.call(fn, null)), thrownBy(worker.call(fn, null))]);
    expect(first, why).toMatchObject({ name: "ModuleError", code, message: expect.stringMatching(message) });
    expect(second, why).toMatchObject({ name: "ModuleError", code });
    expect(await worker.call(square, 4)).toBe(16);
  }
});

/** The package of a file, and for one of this repository also the folder. */
const packageOf = (file: string): string | undefined =>
  /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/u.exec(file)?.[1] ??
  /\/packages\/([^/]+\/(?:src\/(?:worker|shared)|src|test))\//u.exec(file)?.[1];

test("a worker loads the wire, the remote functions' package and the user's module: no launcher, no ssh, no SQLite, no p-queue, and no hooks for files that are what they were", async () => {
  const reader = new CodeReader();
  const codeOf: CodeOf = ({ module }) => ({
    files: reader.moduleFiles(module),
    hash: () => undefined,
    source: () => undefined,
  });
  await using node = await testNode({
    codeOf,
    env: { NODE_OPTIONS: `--import=${new URL("../programs/record-modules.ts", import.meta.url).href}` },
  });
  await using worker = await node.launcher.launch({});
  const { builtIn, files } = await worker.call(loadedModules, null);
  expect(builtIn.filter((name) => /sqlite|tls|https|http2/u.test(name))).toEqual([]);
  expect(files.filter((file) => /kept-modules|old-code/u.test(file))).toEqual([]);
  const packages = new Set(files.filter((file) => file.startsWith("file:")).map(packageOf));
  expect(packages).toEqual(
    new Set([
      "bounds/src",
      "launcher/src/worker",
      "launcher/src/shared",
      "launcher/test",
      "msgpackr",
      "processes/src",
      "remote/src",
      "wire/src",
      "zod",
    ]),
  );
});
