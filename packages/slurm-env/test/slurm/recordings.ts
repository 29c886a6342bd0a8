/** Submits shapes of jobs to a real Slurm, side by side, and reads what each job has recorded. */
import { chmodSync, mkdirSync, mkdtempDisposableSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Shape } from "./shapes.ts";
import type { Testbed } from "./testbed.ts";

/** What one run of the recorder found. */
export interface Recording {
  readonly env: Readonly<Record<string, string>>;
  /** The machine that it ran on. */
  readonly host: string;
  /** As `scontrol show job --details` printed it. */
  readonly details: string;
  /** Hostlists of `details`, and what `scontrol show hostnames` made of them. */
  readonly hostnames: ReadonlyMap<string, readonly string[]>;
}

/** The folder of the recorder, seen in the cluster: ordinary users may not enter a checkout's own. */
export const RECORDER_SHARE = { from: join(import.meta.dirname, "programs"), to: "/srv/recorder" } as const;

/** No more commands of Slurm than this are started at a time: each is answered by slurmctld within its time limit. */
const SUBMISSIONS_AT_ONCE = 8;

/** So long may all jobs take together: a limit, not a claim. */
const PATIENCE_MS = 300_000;

/** A folder for records, seen in the cluster too: ordinary users may not enter the one that it is in. */
export class RecordsFolder implements Disposable {
  readonly #folder = mkdtempDisposableSync(join(tmpdir(), "slurm-shapes-"));
  /** As the machine sees it. */
  readonly path = join(this.#folder.path, "records");
  readonly share = { from: this.path, to: "/srv/records" } as const;

  constructor() {
    mkdirSync(this.path);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

/**
 * Runs all shapes as an ordinary user of a cluster that sees `records`. Throws when Slurm refuses one, or when a job
 * does not come to its record.
 */
export async function recordShapes(
  cluster: Testbed,
  records: RecordsFolder,
  shapes: readonly Shape[],
): Promise<ReadonlyMap<Shape, readonly Recording[]>> {
  const folders = new Map(shapes.map((shape, index) => [shape, join(records.path, String(index))]));
  for (const folder of folders.values()) {
    mkdirSync(folder);
    chmodSync(folder, 0o777);
  }
  const run = async (some: readonly (readonly [Shape, string])[]): Promise<void> => {
    const waiting = [...some];
    await Promise.all(
      Array.from({ length: SUBMISSIONS_AT_ONCE }, () => submitNext(cluster, records.share.to, waiting)),
    );
    await allRecorded(some);
  };
  const all = [...folders];
  await run(all.filter(([{ alone }]) => alone !== true));
  for (const one of all.filter(([{ alone }]) => alone === true)) await run([one]);
  return new Map([...folders].map(([shape, folder]) => [shape, recordsIn(folder).map(read)]));
}

async function submitNext(cluster: Testbed, records: string, waiting: (readonly [Shape, string])[]): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [{ title, submit }, folder] = next;
    const { command, input = "" } = submit([`${RECORDER_SHARE.to}/record.sh`, join(records, basename(folder))]);
    const { exitCode, stderr } = await cluster.run("login", command, { user: "alice", input });
    if (exitCode !== 0) throw new Error(`${title}: \`${command.join(" ")}\` ended with code ${exitCode}: ${stderr}`);
  }
}

async function allRecorded(folders: readonly (readonly [Shape, string])[]): Promise<void> {
  const missing = (): readonly Shape[] =>
    folders.flatMap(([shape, folder]) => (recordsIn(folder).length < (shape.records ?? 1) ? [shape] : []));
  const end = performance.now() + PATIENCE_MS;
  while (missing().length > 0) {
    if (performance.now() > end)
      throw new Error(
        `No record came within ${PATIENCE_MS} ms of ${missing()
          .map(({ title }) => title)
          .join(", ")}`,
      );
    await sleep(50);
  }
}

const recordsIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .map((name) => join(folder, name));

function read(record: string): Recording {
  const text = (name: string): string => readFileSync(join(record, name), "utf8");
  return {
    env: Object.fromEntries(
      text("env")
        .split("\0")
        .filter((line) => line !== "")
        .map(cutAt("=")),
    ),
    host: text("host").trim(),
    details: text("details"),
    hostnames: new Map(
      text("hostnames")
        .trim()
        .split("\n")
        .map(cutAt(" "))
        .map(([list, names]) => [list, names.split(" ")]),
    ),
  };
}

const cutAt =
  (mark: string) =>
  (text: string): [string, string] => [text.slice(0, text.indexOf(mark)), text.slice(text.indexOf(mark) + 1)];
