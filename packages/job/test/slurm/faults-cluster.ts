/** A cluster to break, programs on it as an ordinary user, and what can be seen of them from outside. */
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { type NodeProcess, type PartitionSpec, type SlurmSettings, type Testbed, testbed } from "@hyperion-ts/testbed";
import type { RunEvent } from "../../src/index.ts";
import type { CallNote } from "./programs/faults-functions.ts";
import type { FaultOutcome, FaultRequest } from "./programs/faults-program.ts";

/** Whose programs run on the cluster. */
export const USER = "alice";

/** A limit for what takes no time on an idle machine, not a claim. */
const PATIENCE_MS = 120_000;

/** Waits until there is something to find, and gives it. */
export async function untilSome<A>(
  what: string,
  find: () => A | undefined | false | Promise<A | undefined | false>,
): Promise<A> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`Within ${PATIENCE_MS} ms there was no ${what}`);
    await sleep(20);
  }
}

/** A cluster, and a folder that the machine and all its nodes see. */
export class FaultCluster implements AsyncDisposable {
  readonly testbed: Testbed;
  readonly #folder: string;

  private constructor(cluster: Testbed, folder: string) {
    this.testbed = cluster;
    this.#folder = folder;
  }

  /** Nodes n1, n2, ... with two CPUs each. */
  static async open(
    nodes: number,
    slurm: SlurmSettings = {},
    partitions: readonly PartitionSpec[] = [{ name: "main" }],
  ): Promise<FaultCluster> {
    const folder = mkdtempSync(join(tmpdir(), "hyperion-faults-"));
    mkdirSync(join(folder, "runs"));
    // The folder around it lets nobody else in.
    chmodSync(join(folder, "runs"), 0o777);
    const cluster = await testbed({
      nodes: Array.from({ length: nodes }, (_, i) => ({ name: `n${i + 1}`, cpus: 2 })),
      share: [
        { from: resolve(import.meta.dirname, "../../../.."), to: "/srv/checkout" },
        { from: dirname(realpathSync(process.execPath)), to: "/opt/node" },
        { from: join(folder, "runs"), to: "/srv/runs" },
      ],
      partitions,
      slurm,
    });
    return new FaultCluster(cluster, folder);
  }

  /** A folder for runs of one program. */
  async dir(name: string): Promise<RunDir> {
    await this.testbed.run("login", ["mkdir", `/srv/runs/${name}`], { user: USER });
    return new RunDir(join(this.#folder, "runs", name), `/srv/runs/${name}`);
  }

  /** The user's processes on a node, Slurm's and sshd's for her among them. */
  left(node: string): readonly string[] {
    return this.of(node).map(({ argv }) => argv.join(" "));
  }

  /** The user's processes on a node: all, or those that run that program of ours. */
  of(node: string, what: "agent-main" | "worker-main" | "faults-program" | "" = ""): readonly NodeProcess[] {
    return this.testbed
      .processes(node)
      .filter(
        ({ argv, user: owner }) =>
          (owner === USER || argv[0]?.includes(USER) === true) &&
          (what === "" || (argv[0]?.endsWith("node") === true && argv.some((arg) => arg.endsWith(`${what}.ts`)))),
      );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.testbed[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** An event as it is in the event log. */
export type LoggedEvent = RunEvent & { readonly at: string };

/** What the runs of a program have left in their folder. */
export class RunDir {
  /** As the machine sees it. */
  readonly path: string;
  /** As the cluster sees it. */
  readonly inCluster: string;

  constructor(path: string, inCluster: string) {
    this.path = path;
    this.inCluster = inCluster;
  }

  /** The program's argument vector. */
  command({ options = {}, ...request }: FaultRequest): string[] {
    // All runs start the same files: compiled once, they start in half the time.
    return [
      "/opt/node/node",
      "/srv/checkout/packages/job/test/slurm/programs/faults-program.ts",
      this.inCluster,
      JSON.stringify({ ...request, options: { compileCache: "/srv/runs/compiled", ...options } }),
    ];
  }

  /** A batch script that becomes the program, or (`start: ""`) has it for a child. */
  script(request: FaultRequest, start: "exec " | "" = "exec "): string {
    return `#!/bin/sh\n${start}${this.command(request).map(quoted).join(" ")}\n`;
  }

  /** Whether there is such a file in it. */
  has(name: string): boolean {
    return existsSync(join(this.path, name));
  }

  /** A file that says something to those who wait for it. */
  make(name: string): void {
    writeFileSync(join(this.path, name), "");
  }

  get notes(): CallNote[] {
    return jsonLines<CallNote>(this.#text("notes.jsonl"));
  }

  /** The calls that have begun and not ended, by what they wrote down. */
  get running(): CallNote[] {
    const { notes } = this;
    return notes.filter((note) => note.what === "begin" && endOf(note, notes) === undefined);
  }

  /** The events of the runs in it, in the order of the runs' names. */
  get events(): LoggedEvent[] {
    return this.#files("events.jsonl").flatMap((file) => jsonLines<LoggedEvent>(readFileSync(file, "utf8")));
  }

  eventsOf<T extends RunEvent["type"]>(type: T): Extract<LoggedEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<LoggedEvent, { type: T }> => event.type === type);
  }

  get outcome(): FaultOutcome | undefined {
    const text = this.#text("outcome.json");
    return text === "" ? undefined : JSON.parse(text);
  }

  /** What was printed, and what agents and workers have logged. */
  get printed(): string {
    return [...this.#files("out.txt"), ...this.#files(".log")].map((file) => readFileSync(file, "utf8")).join("\n");
  }

  /** The rows of the database: which values were stored, and how often each. */
  get rows(): {
    readonly x: number;
    readonly value: { readonly square: number; readonly node: string; readonly attempt: number };
    readonly times: number;
  }[] {
    // A copy: who opens a database that a killed program has left puts it in order, as its new owner.
    const copy = join(this.path, `copy-${randomUUID()}`);
    for (const end of ["", "-wal"])
      if (existsSync(`${this.path}/results.sqlite${end}`))
        copyFileSync(`${this.path}/results.sqlite${end}`, `${copy}${end}`);
    using database = new DatabaseSync(copy);
    const rows = database
      .prepare("SELECT key, val, count(*) AS times FROM hyperion_key_val WHERE kv_map = 'squares' GROUP BY key")
      .all();
    return rows
      .map(({ key, val, times }) => ({
        x: JSON.parse(String(key)).x,
        value: JSON.parse(String(val)),
        times: Number(times),
      }))
      .toSorted((a, b) => a.x - b.x);
  }

  #files(end: string): string[] {
    const names = existsSync(this.path) ? readdirSync(this.path, { recursive: true, encoding: "utf8" }) : [];
    return names
      .filter((name) => name.endsWith(end))
      .toSorted()
      .map((name) => join(this.path, name));
  }

  #text(name: string): string {
    const file = join(this.path, name);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }
}

/** Where the call that `begin` tells of has ended; undefined where it has not. */
export const endOf = (begin: CallNote, notes: readonly CallNote[]): CallNote | undefined =>
  notes.find(({ what, x, node, pid }) => what === "end" && x === begin.x && node === begin.node && pid === begin.pid);

/** 0, 1, 2, ...: so many. */
export const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The lines that are whole. */
const jsonLines = <T>(text: string): T[] =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
