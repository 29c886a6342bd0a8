/** A cluster of uneven nodes for programs in all shapes of jobs, and what can be seen of each run from outside. */
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type NodeSpec, type Testbed, testbed, type TestbedOptions } from "@hyperion-ts/testbed";
import { expect } from "vitest";
import type { ShapeOutcome, ShapeRequest } from "./programs/shapes-program.ts";

const USER = "alice";

/** Where the batch script goes: workers must find themselves there, on every node. */
export const PLACE = "/home/alice/place";

/** A limit for what takes some seconds on an idle machine, not a claim. */
const PATIENCE_MS = 90_000;

/** How a job ended, seen from outside. */
export interface JobSeen {
  readonly exitCode: number;
  /** What it printed. */
  readonly printed: string;
  /** How many ssh connections came to each node while it ran, tried or accepted. */
  readonly sessions: Readonly<Record<string, number>>;
}

/** A cluster, and a folder that the machine and all its nodes see. */
export class ShapeCluster implements AsyncDisposable {
  readonly testbed: Testbed;
  readonly #folder: string;

  private constructor(cluster: Testbed, folder: string) {
    this.testbed = cluster;
    this.#folder = folder;
  }

  static async open(nodes: readonly NodeSpec[], options: TestbedOptions = {}): Promise<ShapeCluster> {
    const folder = mkdtempSync(join(tmpdir(), "hyperion-shapes-"));
    mkdirSync(join(folder, "runs"));
    // The folder around it lets nobody else in.
    chmodSync(join(folder, "runs"), 0o777);
    const share = [
      { from: resolve(import.meta.dirname, "../../../.."), to: "/srv/checkout" },
      { from: dirname(realpathSync(process.execPath)), to: "/opt/node" },
      { from: join(folder, "runs"), to: "/srv/runs" },
    ];
    const cluster = await testbed({ ...options, nodes, share });
    await cluster.run("login", ["mkdir", PLACE], { user: USER });
    return new ShapeCluster(cluster, folder);
  }

  /** Submits a batch script, the lines behind its first one, and waits for its end. */
  sbatch(args: readonly string[], script: string): Promise<JobSeen> {
    const output = `output-${randomUUID()}`;
    return this.#watched(async () => {
      const id = await this.testbed.sbatch(`#!/bin/sh\n${script}\n`, {
        user: USER,
        args: [...args, "-o", `/srv/runs/${output}`, "--open-mode=append"],
      });
      const { exitCode } = await this.testbed.waitForJob(id, { timeoutMs: PATIENCE_MS });
      return { exitCode, printed: readFileSync(this.path(output), "utf8") };
    });
  }

  /** Runs a command on the login node. */
  run(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<JobSeen> {
    return this.#watched(async () => {
      const { exitCode, stdout, stderr } = await this.testbed.run("login", command, {
        user: USER,
        cwd: PLACE,
        env,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return { exitCode, printed: `${stdout}\n${stderr}` };
    });
  }

  /** The program's argument vector. All runs start the same files: compiled once, they start in half the time. */
  program(name: string, { options = {}, ...request }: ShapeRequest): string[] {
    return [
      "/opt/node/node",
      "/srv/checkout/packages/job/test/slurm/programs/shapes-program.ts",
      `/srv/runs/${name}`,
      JSON.stringify({ ...request, options: { compileCache: "/srv/runs/compiled", ...options } }),
    ];
  }

  /** A script's lines that become the program, in a place and with a variable of their own. */
  script(name: string, request: ShapeRequest, start = "exec"): string {
    return `cd ${PLACE}; export MARKER=mine; ${start} ${this.program(name, request).map(quoted).join(" ")}`;
  }

  /** What became of each run of a program, one for each process. */
  outcomes(name: string): readonly ShapeOutcome[] {
    const folder = join(this.#folder, "runs", name);
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".json")) : [];
    return files.map((file): ShapeOutcome => JSON.parse(readFileSync(join(folder, file), "utf8")));
  }

  /** A file or folder of a program's, as the machine sees it. */
  path(name: string): string {
    return join(this.#folder, "runs", name);
  }

  /** Nobody of the user's is left on any node. */
  async expectNobodyLeft(): Promise<void> {
    const left = (): readonly string[] =>
      [...this.#hosts()].flatMap((node) =>
        this.testbed
          .processes(node)
          .filter((process) => process.user === USER)
          .map(({ argv }) => `${node}: ${argv.join(" ")}`),
      );
    await expect.poll(left, { timeout: 60_000 }).toEqual([]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.testbed[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #watched(run: () => Promise<Pick<JobSeen, "exitCode" | "printed">>): Promise<JobSeen> {
    const before = await this.#sessions();
    const seen = await run();
    const after = await this.#sessions();
    return {
      ...seen,
      sessions: Object.fromEntries([...after].map(([node, count]) => [node, count - (before.get(node) ?? 0)])),
    };
  }

  async #sessions(): Promise<ReadonlyMap<string, number>> {
    return new Map(
      await Promise.all(
        this.#hosts().map(async (node) => [node, (await this.testbed.sshSessions(node)).length] as const),
      ),
    );
  }

  #hosts(): readonly string[] {
    return [this.testbed.login, ...this.testbed.nodes].map(({ name }) => name);
  }
}

export const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
