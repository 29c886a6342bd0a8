/** A cluster in which programs submit jobs as an ordinary user, and what can be seen of that from outside. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseSlurmJobId } from "@hyperion-ts/slurm-env";
import { type Testbed, testbed, type TestbedOptions } from "@hyperion-ts/testbed";
import type { SubmissionRequest } from "../../src/sbatch/sbatch-command.ts";
import type { SubmissionNotice } from "../../src/sbatch/submission-notice.ts";
import type { SubmitLine, SubmitOrder } from "./programs/submit-program.ts";

export const USER = "alice";

/** What is the same in all of these tests: a limit for what takes no time on an idle machine. */
const QUICK = { firstMs: 500, longestMs: 2_000, secondLookMs: 1_000 } as const;

/** The end of a submission, and what was told of it. */
export interface Outcome {
  readonly jobId?: number;
  readonly cluster?: string | undefined;
  readonly error?: { readonly name: string; readonly message: string; readonly words?: string };
  readonly notices: readonly SubmissionNotice[];
}

/** A submission that goes on. */
export interface Submitting {
  readonly outcome: Promise<Outcome>;
  /** When there is such a notice. */
  told(kind: SubmissionNotice["kind"]): Promise<void>;
  /** Nobody wants the job any more. */
  abort(): void;
}

/** A cluster, and a folder that the machine and all its nodes see. */
export class SubmitCluster implements AsyncDisposable {
  readonly testbed: Testbed;
  readonly #folder: string;

  private constructor(cluster: Testbed, folder: string) {
    this.testbed = cluster;
    this.#folder = folder;
  }

  static async open(options: TestbedOptions): Promise<SubmitCluster> {
    const folder = mkdtempSync(join(tmpdir(), "hyperion-submit-"));
    mkdirSync(join(folder, "runs"));
    // The folder around it lets nobody else in.
    chmodSync(join(folder, "runs"), 0o777);
    const cluster = await testbed({
      ...options,
      share: [
        { from: resolve(import.meta.dirname, "../../../.."), to: "/srv/checkout" },
        { from: dirname(realpathSync(process.execPath)), to: "/opt/node" },
        { from: join(folder, "runs"), to: "/srv/runs" },
      ],
    });
    return new SubmitCluster(cluster, folder);
  }

  /** A job in a directory of its own that becomes a shell with this script and these arguments. */
  async request(name: string, script: string, more: Partial<SubmissionRequest> = {}): Promise<SubmissionRequest> {
    const directory = more.directory ?? `/srv/runs/${name}`;
    await this.testbed.run("login", ["mkdir", "-p", directory, `/srv/runs/${name}`], { user: USER });
    const [output, program] = [`/srv/runs/${name}/output`, ["/bin/sh", "-c", script, "sh"]];
    return { name, directory, output, options: {}, program, ...more };
  }

  /** The argument vector of a program that submits it. */
  command(request: SubmissionRequest, order: Omit<SubmitOrder, "request"> = {}): readonly string[] {
    const program = "/srv/checkout/packages/cluster/test/sbatch/programs/submit-program.ts";
    return ["/opt/node/node", program, JSON.stringify({ pauses: QUICK, ...order, request })];
  }

  /** Begins a submission on the login node, with these variables of the person's own. */
  submitting(
    request: SubmissionRequest,
    order: Omit<SubmitOrder, "request"> = {},
    env: Readonly<Record<string, string>> = {},
  ): Submitting {
    const child = this.testbed.spawn("login", this.command(request, order), {
      user: USER,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const { stdout } = child;
    if (stdout === null) throw new Error("A submission was started without a pipe for its output");
    const waiting = new Map<string, PromiseWithResolvers<void>>();
    const told = (kind: string): PromiseWithResolvers<void> => {
      const promise = waiting.get(kind) ?? Promise.withResolvers<void>();
      waiting.set(kind, promise);
      return promise;
    };
    const read = async (): Promise<readonly string[]> => {
      const lines: string[] = [];
      for await (const line of createInterface({ input: stdout })) {
        lines.push(line);
        const parsed: SubmitLine = JSON.parse(line);
        if ("notice" in parsed) told(parsed.notice.kind).resolve();
      }
      return lines;
    };
    return {
      outcome: read().then(outcomeOf),
      told: (kind) => told(kind).promise,
      abort: () => void child.kill("SIGTERM"),
    };
  }

  /** Submits it on the login node. */
  submit(request: SubmissionRequest, order: Omit<SubmitOrder, "request"> = {}): Promise<Outcome> {
    return this.submitting(request, order).outcome;
  }

  /** What a job has left in its folder; empty where it has not. */
  file(name: string, file: string): string {
    const path = join(this.#folder, "runs", name, file);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  /** The numbers of all jobs of this name that Slurm knows. */
  async jobsNamed(name: string): Promise<readonly number[]> {
    const argv = ["squeue", "--noheader", "--states=all", `--name=${name}`, "--format=%A"];
    return (await this.testbed.run("login", argv, { user: USER })).stdout.split("\n").filter(Boolean).map(Number);
  }

  /** The state in which a job has ended, when it has. */
  async endOf(jobId = 0): Promise<string> {
    return (await this.testbed.waitForJob(parseSlurmJobId(jobId))).state;
  }

  /** What one of Slurm's commands prints. */
  async slurm(...argv: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.testbed.run("login", argv, { user: USER });
    if (exitCode !== 0) throw new Error(`${argv.join(" ")} ended with code ${exitCode}: ${stderr}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.testbed[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The lines that a submission has printed. */
export function outcomeOf(lines: readonly string[]): Outcome {
  const parsed = lines.map((line): SubmitLine => JSON.parse(line));
  const notices = parsed.flatMap((line) => ("notice" in line ? [line.notice] : []));
  const last = parsed.at(-1);
  if (last !== undefined && "submitted" in last) return { ...last.submitted, notices };
  return last !== undefined && "error" in last ? { error: last.error, notices } : { notices };
}
