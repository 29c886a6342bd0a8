/** What a head says of itself in its job directory while it runs. */
import { dirname, join } from "node:path";
import type { RunEvent } from "@hyperion-ts/job";
import { bellOf, ring } from "../directory/bell.ts";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { CallsOfHead, HeadRecord } from "../directory/job-record.ts";
import type { ProgramLink } from "./program-link.ts";

/** Each report is a few requests to the file server. */
const INTERVAL_MS = 5_000;

const NO_CALLS: CallsOfHead = { done: 0, failed: 0, running: 0, waiting: 0, remembered: 0 };

/** Writes `head.json` when the run has begun, and so has the directory to itself, and then every 5 s. Disposing of it writes the last counts. */
export class HeadReport implements Disposable {
  readonly #directory: JobDirectory;
  readonly #head: Omit<HeadRecord, "calls">;
  readonly #link: ProgramLink;
  #timer: NodeJS.Timeout | undefined;
  #calls = NO_CALLS;

  /** `link` is told the same, at once. */
  constructor(directory: JobDirectory, head: Pick<HeadRecord, "submission" | "host" | "pid">, link: ProgramLink) {
    this.#directory = directory;
    this.#link = link;
    this.#head = {
      ...head,
      node: process.env["SLURMD_NODENAME"],
      slurmJobId: Number(process.env["SLURM_JOB_ID"] ?? 0),
      restarts: Number(process.env["SLURM_RESTART_COUNT"] ?? 0),
      startedAt: new Date().toISOString(),
      socket: link.socket,
      relay: join(dirname(process.argv[1] ?? ""), "relay-main.mjs"),
    };
  }

  /** Keeps what an event of the run tells of its calls. */
  hear(event: RunEvent): void {
    if (event.type === "run-started") this.#begin();
    if (event.type !== "counts") return;
    this.#calls = sumOf(event);
    this.#link.counted(this.#calls);
  }

  [Symbol.dispose](): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#write();
  }

  #begin(): void {
    this.#write();
    ring(bellOf(this.#directory.path));
    this.#link.begin();
    this.#timer = setInterval(() => this.#write(), INTERVAL_MS);
  }

  /** A report that can't be written costs its reader some news; whether results can be written, they say themselves. */
  #write(): void {
    try {
      this.#directory.writeHead({ ...this.#head, calls: this.#calls });
    } catch (error) {
      console.error(`The head's report could not be written: ${String(error)}`);
    }
  }
}

function sumOf({ functions, remembered }: Extract<RunEvent, { type: "counts" }>): CallsOfHead {
  const sum = { ...NO_CALLS, remembered };
  for (const { done, failed, running, loading, waiting, toCome } of functions) {
    sum.done += done;
    sum.failed += failed;
    sum.running += running + loading;
    sum.waiting += waiting + (toCome ?? 0);
  }
  return sum;
}
