import { copyFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { freePort, noSshd } from "../../../packages/transport/test/ssh-server.ts";
import { reachableNode } from "../../../packages/transport/test/ssh-world.ts";
import { installFolder } from "../src/installed-folder.ts";
import { type ReadmeExample, readmeExample } from "../src/readme-example.ts";
import { runProgram } from "../src/run-program.ts";
import { readTarball } from "../src/tarball.ts";
import { publishedPackages, workspaceRoot } from "../src/workspace.ts";

const tarballs = inject("tarballs");

/** Its example needs a node. */
const TRANSPORT = "@hyperion-ts/transport";

/** What an example is told where there is no login node. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = { "@hyperion-ts/cluster": ["--local"] };

test.for(publishedPackages.filter(({ name }) => name !== TRANSPORT))(
  "$name, installed from its tarball, runs its README's example",
  async ({ name }) => {
    await using example = await installedExample(name);
    expect(await example.run()).toBe(example.printed);
  },
);

test.skipIf(noSshd)(`${TRANSPORT}, installed from its tarball, runs its README's example on a node`, async () => {
  await using node = await reachableNode();
  node.world.host("n2", await freePort());
  await using example = await installedExample(TRANSPORT);
  await copyFile(node.world.configFile, join(example.path, "ssh_config"));
  expect(await example.run()).toBe(example.printed);
});

test("all packages' declarations, and the READMEs' examples on them, compile under a user's strict settings", async () => {
  const examples = await Promise.all(
    publishedPackages.map(async ({ name, folderName }) => ({ folderName, ...(await exampleOf(name)) })),
  );
  await using folder = await installFolder(tarballs, [...new Set(examples.flatMap(({ packages }) => packages))]);
  await writeFile(join(folder.path, "tsconfig.json"), JSON.stringify(TSCONFIG));
  for (const { folderName, program } of examples) await writeFile(join(folder.path, `${folderName}.ts`), program);
  expect(await runProgram([join(workspaceRoot, "node_modules/.bin/tsc"), "--project", "."], { cwd: folder.path })).toBe(
    "",
  );
});

test.for([
  ["slurm-env", []],
  ["bounds", []],
  ["cpu-pool", ["bounds"]],
  ["progress", ["bounds", "own-files"]],
] as const)("%s brings along of our other packages: %j", async ([name, others]) => {
  await using folder = await installFolder(tarballs, [`@hyperion-ts/${name}`]);
  const ours = (await readdir(join(folder.path, "node_modules/.pnpm"))).filter((installed) =>
    installed.startsWith("@hyperion-ts+"),
  );
  expect(ours.toSorted()).toEqual(
    [name, ...others].toSorted().map((each) => expect.stringContaining(`@hyperion-ts+${each}`)),
  );
});

interface InstalledExample extends AsyncDisposable {
  readonly path: string;
  readonly printed: string;
  /** Resolves with what it prints. */
  run(): Promise<string>;
}

async function installedExample(name: string): Promise<InstalledExample> {
  const { program, printed, packages } = await exampleOf(name);
  expect(packages).toContain(name);
  const folder = await installFolder(tarballs, packages);
  await writeFile(join(folder.path, "example.ts"), program);
  return {
    path: folder.path,
    printed,
    run: () => runProgram([process.execPath, "example.ts", ...(ARGUMENTS[name] ?? [])], { cwd: folder.path }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const exampleOf = async (name: string): Promise<ReadmeExample> =>
  readmeExample((await readTarball(tarballs[name] ?? "")).files.get("README.md") ?? "");

/** As strict as we are. `skipLibCheck` is off: what packages declare is checked too. */
const TSCONFIG = {
  compilerOptions: {
    target: "es2024",
    lib: ["esnext"],
    module: "nodenext",
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    typeRoots: [join(import.meta.dirname, "../node_modules/@types")],
    types: ["node"],
  },
  include: ["*.ts"],
};
