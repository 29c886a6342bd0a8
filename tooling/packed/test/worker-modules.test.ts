import { cp } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, inject, test } from "vitest";
import { installFolder } from "../src/installed-folder.ts";
import { runProgram } from "../src/run-program.ts";

test("a worker loads neither ssh nor SQLite nor p-queue nor the pool with the user's functions, and few modules in all", async () => {
  const { worker, head } = await loadedBy("what-a-worker-loads.ts", "@hyperion-ts/job");
  const files = worker.modules.filter((url) => url.startsWith("file:"));

  // A package more is a decision, because every worker on every node reads it.
  expect(packagesOf(files)).toEqual([
    "@hyperion-ts/bounds",
    "@hyperion-ts/cpu-pool",
    "@hyperion-ts/job",
    "@hyperion-ts/launcher",
    "@hyperion-ts/processes",
    "@hyperion-ts/progress",
    "@hyperion-ts/remote",
    "@hyperion-ts/results",
    "@hyperion-ts/slurm-env",
    "@hyperion-ts/wire",
    "msgpackr",
    "zod",
  ]);
  expect(files.filter((url) => packageOf(url) !== "zod").length).toBeLessThan(110);

  // Of the launcher only the worker's side and what it shares with the agent's, of the job nothing that runs one; of these
  // and of the packages that only a program needs no more than what their errors are.
  expect(
    files.filter((url) =>
      /\/launcher\/dist\/(?!worker\/|shared\/(?:compile-cache-variables|folder-names|polling|sched-yield)\.|errors\.)/u.test(
        url,
      ),
    ),
  ).toEqual([]);
  expect(
    files.filter((url) => /\/(?:cpu-pool|slurm-env)\/dist\/(?!never-fits-error\.|slurm-env-error\.)/u.test(url)),
  ).toEqual([]);
  expect(
    files.filter((url) => /\/job\/dist\/run\/(?!interruption\.)|\/progress\/dist\/(?!events\/run-events\.)/u.test(url)),
  ).toEqual([]);

  // The head shows that both lists would tell.
  expect(packagesOf(head.modules)).toEqual(expect.arrayContaining(["p-queue"]));
  expect(head.modules.filter((url) => /\/cpu-pool\/dist\/pool-core\./u.test(url))).toHaveLength(1);
  expect(head.modules.filter((url) => /\/progress\/dist\/terminal\/show-progress\./u.test(url))).toHaveLength(1);
  expect(head.builtins).toContain("NativeModule sqlite");
  expect(worker.builtins).toContain("NativeModule net");
  expect(worker.builtins.filter((name) => /sqlite|https?$|tls$|_http|quic/u.test(name))).toEqual([]);
});

test("a worker of a program that calls Slurm jobs loads five files more, and no package but cluster", async () => {
  const local = await loadedBy("what-a-worker-loads.ts", "@hyperion-ts/job");
  const cluster = await loadedBy("what-a-cluster-worker-loads.ts", "@hyperion-ts/cluster", "@hyperion-ts/job");
  const known = new Set(local.worker.modules.map(placeInPackage));
  const more = cluster.worker.modules.map(placeInPackage).filter((place) => place !== undefined && !known.has(place));
  expect(more.length).toBeLessThanOrEqual(5);
  expect(new Set(more.map((place) => place?.split("/dist/")[0]))).toEqual(new Set(["@hyperion-ts/cluster"]));
  expect(new Set(cluster.worker.builtins)).toEqual(new Set(local.worker.builtins));
});

interface Loaded {
  readonly modules: readonly string[];
  readonly builtins: readonly string[];
}

async function loadedBy(
  program: string,
  ...packages: readonly string[]
): Promise<{ readonly worker: Loaded; readonly head: Loaded }> {
  await using folder = await installFolder(inject("tarballs"), [...packages, "zod"]);
  await cp(join(import.meta.dirname, "programs"), folder.path, { recursive: true });
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(join(folder.path, "loaded-modules.ts")).href}` };
  return JSON.parse(await runProgram([process.execPath, program], { cwd: folder.path, env })) as {
    worker: Loaded;
    head: Loaded;
  };
}

const packagesOf = (urls: readonly string[]): readonly string[] =>
  [...new Set(urls.flatMap((url) => packageOf(url) ?? []))].sort();

/** The package that a module is in; undefined for Node's own and for the user's. */
const packageOf = (url: string): string | undefined => /.*\/node_modules\/(@[^/]+\/[^/]+|[^/]+)\//u.exec(url)?.[1];

/** A module without where its package lies, such as "zod/index.js"; undefined as above. */
const placeInPackage = (url: string): string | undefined => /.*\/node_modules\/(.*)$/u.exec(url)?.[1];
