/**
 * Which directory a call has: the same in each run of the program, so that one that is started again finds what it had
 * submitted. A call is known by its job's name and its input, and equal calls by their order.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ProgramInfo } from "@hyperion-ts/job";
import { newServiceId } from "@hyperion-ts/wire";
import { JobDirectory } from "../directory/job-directory.ts";
import type { CallKind } from "../directory/job-record.ts";
import { ownDataDir, ownFolder } from "./own-folder.ts";

/** What a call is known by; `input` is undefined where it is computed when the job has begun. */
export interface CallIdentity {
  readonly name: string;
  readonly call: CallKind;
  readonly input: Uint8Array | undefined;
}

/** The folder of directories that have served. */
const ENDED = "ended";

/** The job directories of one program. */
export class JobDirectories {
  readonly #info: ProgramInfo;
  readonly #root: string;
  readonly #used = new Set<string>();
  readonly #equalCalls = new Map<string, number>();

  /** `tell` says something to the person. @throws NotOursError where others may write into the folder of jobs; the file system's error. */
  constructor(info: ProgramInfo, tell: (sentence: string) => void) {
    this.#info = info;
    this.#root = ownFolder(dirname(info.database), "jobs", tell);
  }

  /** The directory of the next call of this kind, which is made where there is none. @throws NotOursError; the file system's error. */
  next({ name, call, input }: CallIdentity): JobDirectory {
    const key = keyOf(name, call, input);
    const before = this.#equalCalls.get(key) ?? 0;
    this.#equalCalls.set(key, before + 1);
    const folder = before === 0 ? key : `${key}-${before + 1}`;
    this.#used.add(folder);
    const path = join(this.#root, folder);
    return JobDirectory.open(path) ?? JobDirectory.create(path, this.#record(name, call), input);
  }

  /** Whether this run has asked for the directory of that name. */
  isUsed(folder: string): boolean {
    return this.#used.has(folder);
  }

  /** Directories of earlier runs of the program that this one has not asked for. */
  unused(): readonly JobDirectory[] {
    if (!existsSync(this.#root)) return [];
    const names = readdirSync(this.#root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== ENDED && !this.#used.has(entry.name))
      .map(({ name }) => name);
    return names.flatMap((name) => JobDirectory.open(join(this.#root, name)) ?? []);
  }

  /** Puts a directory whose value its caller has aside: a later run of the program makes the call anew. Its output and logs stay. */
  putAside(directory: JobDirectory): void {
    for (const suffix of ["", "-wal", "-journal", ".lock"]) rmSync(`${directory.database}${suffix}`, { force: true });
    const ended = join(this.#root, ENDED);
    mkdirSync(ended, { recursive: true, mode: 0o700 });
    renameSync(directory.path, join(ended, directory.job.id));
  }

  #record = (name: string, call: CallKind) =>
    ({
      layout: 1,
      id: `${this.#info.id}-${newServiceId()}`,
      name,
      call,
      database: this.#info.database,
      dataDir: this.#info.dataDir,
      // Who has been told of the folder of jobs need not be told of this one.
      ownDataDir: ownDataDir(this.#info.dataDir, () => undefined),
      createdAt: new Date().toISOString(),
    }) as const;
}

/** A name for a person, and a hash for the rest. */
function keyOf(name: string, call: CallKind, input: Uint8Array | undefined): string {
  const hash = createHash("sha256").update(`${JSON.stringify([name, call])}\n`);
  if (input !== undefined) hash.update(input);
  return `${name.replace(/[^\w.-]+/g, "-").slice(0, 40)}-${hash.digest("hex").slice(0, 16)}`;
}
