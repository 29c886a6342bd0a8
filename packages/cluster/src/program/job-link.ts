/** The link to the head of one submission: made when it is known where the head is, and made again while the job runs. */
import type { Readable, Writable } from "node:stream";
import { after, pause } from "@hyperion-ts/bounds";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { HeadRecord } from "../directory/job-record.ts";
import { type HeadListener, HeadTalk, type LinkedJob } from "../link/head-talk.ts";
import type { ListeningHead } from "../link/routes.ts";

/** Between two attempts, in milliseconds; the pauses grow. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** A head ends its job in order within this, or is ended by Slurm, in milliseconds. */
const ABORT_MS = 15_000;

/** Who hears of a link. */
export interface LinkListener extends HeadListener {
  /** There is a link, or none any more. */
  linked(isUp: boolean): void;
}

/** What a link is made with. */
export interface LinkMaker {
  /** Connects to a head; `talk` begins on the streams. Rejects where there is no way to it. Absent: the head calls. */
  readonly connect?:
    | ((
        head: ListeningHead,
        talk: (ends: { readonly stdout: Readable; readonly stdin: Writable }) => HeadTalk,
        signal: AbortSignal,
      ) => Promise<HeadTalk>)
    | undefined;
  /** Hears that a link has failed so many times in a row. */
  readonly failed: (head: ListeningHead, error: unknown, times: number) => void;
}

/** Disposing of it ends the link, not the job. */
export class JobLink implements Disposable {
  readonly #job: LinkedJob;
  readonly #listener: LinkListener;
  readonly #maker: LinkMaker;
  readonly #ending = new AbortController();
  #head: ListeningHead | undefined;
  #talk: HeadTalk | undefined;
  #isConnecting = false;

  constructor(directory: JobDirectory, job: Omit<LinkedJob, "id">, listener: LinkListener, maker: LinkMaker) {
    this.#job = { ...job, id: directory.job.id };
    this.#listener = listener;
    this.#maker = maker;
  }

  /** Whether there is a link now. */
  get isUp(): boolean {
    return this.#talk !== undefined;
  }

  /** Runs `end` when the link is disposed of. */
  whenOver(end: () => void): void {
    const { signal } = this.#ending;
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  }

  /** The head has said where it is. */
  headIs({ node, host, socket, slurmJobId }: HeadRecord): void {
    if (socket === undefined) return;
    this.#head = { node: node ?? host, socket, slurmJobId };
    if (!this.#isConnecting && this.#maker.connect !== undefined) void this.#connectAgain();
  }

  /** The head has called. */
  called(socket: Readable & Writable): void {
    const talk = this.#begin({ stdout: socket, stdin: socket });
    talk.attached.then(
      () => this.#attached(talk),
      () => undefined,
    );
  }

  /** Tells the head that nobody wants the job any more. Resolves when it has ended, the link is gone, or it takes too long. */
  async abort(reason: string): Promise<void> {
    const talk = this.#talk;
    if (talk === undefined) return;
    talk.abort(reason);
    using _late = after(ABORT_MS, () => talk.end("the head did not end its job"));
    await talk.ended;
  }

  [Symbol.dispose](): void {
    this.#ending.abort(new Error("The link is needed no more"));
    this.#talk?.end("it is needed no more");
  }

  async #connectAgain(): Promise<void> {
    this.#isConnecting = true;
    const { signal } = this.#ending;
    let failures = 0;
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const head = this.#head;
      if (head === undefined || this.#maker.connect === undefined) return;
      try {
        const talk = await this.#maker.connect(head, (ends) => this.#begin(ends), signal);
        failures = 0;
        pauseMs = FIRST_PAUSE_MS / 2;
        this.#attached(talk);
        await talk.ended;
      } catch (error) {
        failures += 1;
        if (!signal.aborted) this.#maker.failed(head, error, failures);
      }
      await pause(pauseMs * (0.75 + Math.random() / 2), signal).catch(() => undefined);
    }
  }

  #begin({ stdout, stdin }: { readonly stdout: Readable; readonly stdin: Writable }): HeadTalk {
    return new HeadTalk(stdout, stdin, this.#job, this.#listener);
  }

  #attached(talk: HeadTalk): void {
    if (this.#ending.signal.aborted) return talk.end("it is needed no more");
    this.#talk?.end("there is a newer one");
    this.#talk = talk;
    this.#listener.linked(true);
    void talk.ended.then(() => {
      if (this.#talk !== talk) return;
      this.#talk = undefined;
      if (!this.#ending.signal.aborted) this.#listener.linked(false);
    });
  }
}
