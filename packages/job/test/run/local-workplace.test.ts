/** An agent is started for the first call that needs a worker, and for no run that needs none. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { descendants } from "@hyperion-ts/processes";
import { afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import {
  type Job,
  keyValMap,
  LaunchError,
  mapConcurrently,
  memoizeWithMap,
  remoteEval,
  runJobLocal,
  type RunLocalOptions,
} from "../../src/index.ts";
import { square } from "../functions.ts";
import { TempDir } from "../local-run.ts";

afterEach(() => void vi.unstubAllEnvs());

const squares = keyValMap("squares", z.number(), z.number());
const remembered = (xs: readonly number[]): Job<number[]> =>
  mapConcurrently(xs, (x) => memoizeWithMap(squares, (key) => remoteEval(square, key), x));

/** A Node that writes down what it was started for. */
function watchedNode({ path }: TempDir): { readonly nodePath: string; starts(program: string): number } {
  const [nodePath, list] = [join(path, "node"), join(path, "starts")];
  writeFileSync(nodePath, `#!/bin/sh\necho "$*" >> '${list}'\nexec '${process.execPath}' "$@"\n`);
  chmodSync(nodePath, 0o755);
  return {
    nodePath,
    starts: (program) => (existsSync(list) ? readFileSync(list, "utf8") : "").split(`/${program}.`).length - 1,
  };
}

const QUIET = { cpus: 2, progress: "none", handleSignals: false } as const satisfies RunLocalOptions;

test("a run that finds all its results starts no process; one that computes has one agent", async () => {
  using dir = new TempDir();
  const node = watchedNode(dir);
  const run = (xs: readonly number[]): Promise<number[]> =>
    runJobLocal(dir.info, remembered(xs), { ...QUIET, nodePath: node.nodePath });
  expect(await run([1, 2, 3])).toEqual([1, 4, 9]);
  expect([node.starts("agent-main"), node.starts("worker-main")]).toEqual([
    1,
    expect.toSatisfy((count: number) => count >= 1),
  ]);
  expect(await run([3, 2, 1])).toEqual([9, 4, 1]);
  expect(node.starts("agent-main")).toBe(1);
  expect(await run([3, 4])).toEqual([9, 16]);
  expect(node.starts("agent-main")).toBe(2);
});

test("the job sees its node and CPUs before that", async () => {
  using dir = new TempDir();
  const node = watchedNode(dir);
  const seen = await runJobLocal(
    dir.info,
    async (env) => ({
      cpus: [...env.cpusPerNode],
      nodes: [...env.nodeLaunchers.keys()],
      pool: env.pool.snapshot().nodes.map(({ name, cpus }) => [name, cpus.total]),
    }),
    { ...QUIET, nodePath: node.nodePath },
  );
  expect(seen).toEqual({ cpus: [[hostname(), 2]], nodes: [hostname()], pool: [[hostname(), 2]] });
  expect(node.starts("agent-main")).toBe(0);
});

test("a run whose agent can't be started ends with a LaunchError, whatever its job does with its calls", async () => {
  using dir = new TempDir();
  const stubborn: Job<string> = async (env) => {
    for (;;) await remoteEval(square, 1)(env).catch(() => sleep(10));
  };
  for (const job of [remembered([1]), stubborn]) {
    const error = await runJobLocal<unknown>(dir.info, job, {
      ...QUIET,
      nodePath: "/no/such/node",
    }).catch((error: unknown) => error);
    expect([error instanceof LaunchError, error]).toEqual([
      true,
      expect.objectContaining({ message: expect.stringMatching(/Could not start the agent on .*\/no\/such\/node/s) }),
    ]);
  }
});

test("a run that is given up while its agent starts leaves no process", async () => {
  using dir = new TempDir();
  const controller = new AbortController();
  const reason = new Error("no longer wanted");
  const job: Job<number> = (env) => {
    setImmediate(() => controller.abort(reason));
    return remoteEval(square, 1)(env);
  };
  await expect(runJobLocal(dir.info, job, { ...QUIET, signal: controller.signal })).rejects.toBe(reason);
  expect(descendants(process.pid)).toEqual([]);
});

test("nor does one that ends while git still looks at the program's repository", async () => {
  using dir = new TempDir();
  const git = join(dir.path, "git");
  writeFileSync(git, `#!/bin/sh\ntouch "$0-was-asked-$1"\nexec sleep 1000\n`);
  chmodSync(git, 0o755);
  vi.stubEnv("PATH", `${dir.path}:${process.env["PATH"]}`);
  const job: Job<boolean> = () =>
    vi.waitFor(() => existsSync(`${git}-was-asked--C`) || Promise.reject(Error("not yet")));
  expect(await runJobLocal(dir.info, job, QUIET)).toBe(true);
  expect(descendants(process.pid)).toEqual([]);
});
