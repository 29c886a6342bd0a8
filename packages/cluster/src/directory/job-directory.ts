/**
 * The directory of one call of a job, on the shared file system: the truth about it, whoever has crashed. The program makes it
 * before it submits anything, the head of its Slurm job writes into it, and a program that is started again finds it.
 *
 * | file | written by | what |
 * |---|---|---|
 * | `job.json`, `input` | the program, once | what is to be run |
 * | `submissions.json` | the program | each sbatch, before and after it |
 * | `script`, `submit.sh` | the program | what sbatch is given, for a person to try it |
 * | `port.json` | the program | where the head may call it, and with which key |
 * | `head.json` | the head, again and again | where it runs, and how far it is |
 * | `results.sqlite` | the head | what it has computed |
 * | `outcome` | the head, last | how it ended |
 * | `output` | Slurm | what was printed |
 */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { privateFolder, writeWhole } from "@hyperion-ts/own-files";
import type { PortAddress } from "@hyperion-ts/transport/link";
import { decodeValue } from "@hyperion-ts/wire";
import { type HeadRecord, type JobRecord, parseRecord, type Submission } from "./job-record.ts";
import { decodeOutcome, encodeOutcome, type SignedOutcome } from "./outcome.ts";
import { readOwnBytes, writtenAtMs } from "./own-bytes.ts";

/** A job directory, as the program and the head use it: each writes its own files. */
export class JobDirectory {
  readonly path: string;
  readonly job: JobRecord;

  private constructor(path: string, job: JobRecord) {
    this.path = path;
    this.job = job;
  }

  /**
   * Makes the directory, with what is to be run, in place of what a crash has left of one. Without `input`, which is encoded,
   * `writeInput` gives it later.
   *
   * @throws NotOursError where others may write there; the file system's error
   */
  static create(path: string, job: JobRecord, input: Uint8Array | undefined): JobDirectory {
    rmSync(path, { recursive: true, force: true });
    const folder = privateFolder(path);
    mkdirSync(join(folder, "logs"), { mode: 0o700 });
    if (input !== undefined) writeWhole(join(folder, "input"), input);
    writeWhole(join(folder, "job.json"), JSON.stringify(job, null, 2));
    return new JobDirectory(folder, job);
  }

  /**
   * The directory at `path`; undefined where there is none that is complete.
   *
   * @throws NotOursError where others may write there; Error for one that is damaged; the file system's error
   */
  static open(path: string): JobDirectory | undefined {
    if (!existsSync(path)) return undefined;
    const folder = privateFolder(path);
    const job = readJson<JobRecord>(join(folder, "job.json"));
    return job === undefined ? undefined : new JobDirectory(folder, job);
  }

  /** The file that Slurm writes what is printed into. */
  get output(): string {
    return join(this.path, "output");
  }

  /** The head's results database. */
  get database(): string {
    return join(this.path, "results.sqlite");
  }

  /** The script of the last submission. */
  get script(): string {
    return join(this.path, "script");
  }

  /** The folder of the heads' log files. */
  get logDir(): string {
    return join(this.path, "logs");
  }

  /** The input, as the caller gave it; undefined as long as there is none. */
  input(): { readonly value: unknown } | undefined {
    const bytes = readOwnBytes(this.#input);
    return bytes === undefined ? undefined : { value: decodeValue(bytes) };
  }

  /** Writes down the encoded input. */
  writeInput(bytes: Uint8Array): void {
    writeWhole(this.#input, bytes);
  }

  /** All submissions, the first of them first. */
  submissions(): readonly Submission[] {
    return readJson<readonly Submission[]>(this.#submissions) ?? [];
  }

  /** Adds a submission, before it is made; its number, from 1 on. */
  add(submission: Submission): number {
    const all = [...this.submissions(), submission];
    writeWhole(this.#submissions, JSON.stringify(all, null, 2));
    return all.length;
  }

  /** Keeps the script of a submission, and the line for a shell that submits it. */
  writeScript(script: string, submit: string): void {
    writeWhole(this.script, script);
    writeWhole(join(this.path, "submit.sh"), submit);
  }

  /** Writes down what has become known of submission `number`. */
  amend(number: number, known: Pick<Submission, "jobId" | "cluster" | "end" | "delivered">): void {
    const all = this.submissions().map((one, at) => (at === number - 1 ? { ...one, ...known } : one));
    writeWhole(this.#submissions, JSON.stringify(all, null, 2));
  }

  /** Where the head may call the program; undefined where it is not to. */
  port(): PortAddress | undefined {
    return readJson<PortAddress>(this.#port);
  }

  /** Leaves the address of the program's port, or none. */
  writePort(address: PortAddress | undefined): void {
    if (address === undefined) return rmSync(this.#port, { force: true });
    const { hosts, port, identity, key } = address;
    writeWhole(this.#port, JSON.stringify({ hosts, port, identity, key }));
  }

  /** The last head that began; undefined before the first. */
  head(): HeadRecord | undefined {
    return readJson<HeadRecord>(this.#head);
  }

  /** When a head has reported last, in milliseconds on the file server's clock; undefined before the first report. */
  headReportedAtMs(): number | undefined {
    return writtenAtMs(this.#head);
  }

  /** Writes down where the head is. */
  writeHead(head: HeadRecord): void {
    writeWhole(this.#head, JSON.stringify(head));
  }

  /** How the job ended; undefined while it has not. */
  outcome(): SignedOutcome | undefined {
    const bytes = readOwnBytes(join(this.path, "outcome"));
    return bytes === undefined ? undefined : decodeOutcome(bytes, this.job.id);
  }

  /** Writes down how the job ended. */
  writeOutcome(outcome: SignedOutcome): void {
    writeWhole(join(this.path, "outcome"), encodeOutcome(outcome));
  }

  /** The end of an earlier submission counts no longer. */
  removeOutcome(): void {
    rmSync(join(this.path, "outcome"), { force: true });
  }

  /** Removes all of it: everything is in the program's hands. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  get #input(): string {
    return join(this.path, "input");
  }

  get #port(): string {
    return join(this.path, "port.json");
  }

  get #head(): string {
    return join(this.path, "head.json");
  }

  get #submissions(): string {
    return join(this.path, "submissions.json");
  }
}

const readJson = <R>(path: string): R | undefined => {
  const bytes = readOwnBytes(path);
  return bytes === undefined ? undefined : parseRecord<R>(bytes.toString(), path);
};
