/** A program of an ordinary user on the login node that asks Slurm with this package (programs/asker.ts), and what it tells. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { createInterface } from "node:readline";
import { type SbatchOptions, type Testbed, testbed, type TestbedOptions } from "@hyperion-ts/testbed";
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import { vi } from "vitest";
import type { CancelledJobs, JobEnd, JobView, WatchNotice } from "../../src/slurm/index.ts";

/** What it is asked to do. */
export type AskedFor =
  | { readonly what: "watch"; readonly jobId: SlurmJobId; readonly name: string }
  | { readonly what: "age" }
  | {
      readonly what: "end";
      readonly jobId: SlurmJobId;
      readonly name: string;
      readonly outputFile?: string | undefined;
    }
  | {
      readonly what: "cancel";
      readonly jobs: readonly { readonly jobId: SlurmJobId; readonly name: string }[];
      readonly timeLimitMs?: number;
    };

/** What it tells. */
export type Told =
  | { readonly what: "notice"; readonly notice: WatchNotice }
  | { readonly what: "view"; readonly name: string; readonly view: JobView }
  | { readonly what: "age"; readonly ageMs: number }
  | { readonly what: "end"; readonly name: string; readonly end: JobEnd }
  | { readonly what: "cancelled"; readonly cancelled: CancelledJobs };

export const USER = "alice";

/** A limit for what takes no time on an idle machine, not a claim. */
const PATIENCE = { timeout: 60_000, interval: 50 };

/** A cluster that the program can run in. */
export const askersTestbed = (options: TestbedOptions): Promise<Testbed> =>
  testbed({
    ...options,
    share: [
      { from: resolve(import.meta.dirname, "../../../.."), to: "/srv/checkout" },
      { from: dirname(realpathSync(process.execPath)), to: "/opt/node" },
    ],
  });

/** The program. Disposing of it ends its input, and waits for its end. */
export class AskerProcess implements AsyncDisposable {
  readonly told: Told[] = [];
  readonly #child: ChildProcess;
  readonly #cluster: Testbed;

  constructor(cluster: Testbed, ...args: readonly string[]) {
    this.#cluster = cluster;
    const program = "/srv/checkout/packages/cluster/test/slurm-asking/programs/asker.ts";
    this.#child = cluster.spawn("login", ["/opt/node/node", program, ...args], {
      user: USER,
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (this.#child.stdout !== null)
      createInterface({ input: this.#child.stdout }).on("line", (line) => void this.told.push(JSON.parse(line)));
  }

  /** Submits a script as the user, and has it watched. */
  async submit(
    name: string,
    args: readonly string[] = [],
    script = "#!/bin/sh\nexec sleep 600\n",
  ): Promise<SlurmJobId> {
    const jobId = await submit(this.#cluster, name, { args }, script);
    this.ask({ what: "watch", jobId, name });
    return jobId;
  }

  ask(request: AskedFor): void {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
  }

  /** All that was told of a job, in order. */
  viewsOf = (name: string): readonly JobView[] =>
    this.told.flatMap((told) => (told.what === "view" && told.name === name ? [told.view] : []));

  endOf = (name: string): JobEnd | undefined => {
    const view = this.viewsOf(name).find((view) => view.kind === "ended");
    return view?.kind === "ended" ? view.end : undefined;
  };

  get notices(): readonly WatchNotice[] {
    return this.told.flatMap((told) => (told.what === "notice" ? [told.notice] : []));
  }

  /** Waits until something was told that `isIt` finds, and gives that. */
  until<A>(what: string, find: (told: readonly Told[]) => A | undefined): Promise<A> {
    return vi.waitFor(() => {
      const found = find(this.told);
      if (found === undefined)
        throw new Error(`no ${what} in:\n${this.told.map((told) => JSON.stringify(told)).join("\n")}`);
      return found;
    }, PATIENCE);
  }

  untilEnded = (name: string): Promise<JobEnd> => this.until(`end of ${name}`, () => this.endOf(name));

  untilState = (name: string, state: string): Promise<JobView> =>
    this.until(`${state} of ${name}`, () =>
      this.viewsOf(name).find((view) => view.kind === "seen" && view.state === state),
    );

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.stdin?.end();
    await once(this.#child, "exit");
  }
}

export const submit = (cluster: Testbed, name: string, options: SbatchOptions, script: string): Promise<SlurmJobId> =>
  cluster.sbatch(script, { user: USER, ...options, args: [`--job-name=${name}`, ...(options.args ?? [])] });
