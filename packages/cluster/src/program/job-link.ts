/** The link to the head of one submission: made when it is known where the head is, and made again while the job runs. */
import type { Readable, Writable } from "node:stream";
import type { Answer, Question } from "@hyperion-ts/control";
import { after, pause, showDuration, type Timer } from "@hyperion-ts/bounds";
import type { HeadRecord } from "../directory/job-record.ts";
import { type HeadListener, HeadTalk, type LinkedJob } from "../link/head-talk.ts";
import type { ListeningHead } from "../link/routes.ts";
import type { SubmittedCall } from "./submitted-call.ts";

/** Between two attempts, in milliseconds; the pauses grow. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** A head that is to call, and can, has done so by then. */
const CALL_MS = 30_000;

/** A head ends its job in order within this, or is ended by Slurm, in milliseconds. */
const ABORT_MS = 15_000;

/** Where a head is, for people. */
export type HeadPlace = Pick<ListeningHead, "node" | "slurmJobId">;

/** Who hears of a link. */
export interface LinkListener extends HeadListener {
  /** There is a link, or none any more. */
  linked(isUp: boolean): void;
  /** Whether Slurm says that the job runs: a head that waits again in the queue can't be reached, which is no news. */
  readonly runs: () => boolean;
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
  /** Hears that a link has failed so many times in a row; `wasUp`: there was one to this head before. */
  readonly failed: (
    head: HeadPlace,
    failure: { readonly error: unknown; readonly times: number; readonly wasUp: boolean },
  ) => void;
}

/** Disposing of it ends the link, not the job. */
export class JobLink implements Disposable {
  readonly #job: LinkedJob;
  readonly #cluster: string | undefined;
  readonly #listener: LinkListener;
  readonly #maker: LinkMaker;
  readonly #ending = new AbortController();
  #head: ListeningHead | undefined;
  /** The socket of the head that there was a link to, and of that which has said how its job ended. */
  #reached: string | undefined;
  #done: string | undefined;
  #talk: HeadTalk | undefined;
  #isConnecting = false;
  /** Ends a pause between two attempts. */
  #pausing: AbortController | undefined;
  #expecting: Timer | undefined;

  /** `cluster` has the job, where it is not the one that Slurm's commands are on. */
  constructor(
    { cluster, ...job }: LinkedJob & Pick<SubmittedCall, "cluster">,
    listener: LinkListener,
    maker: LinkMaker,
  ) {
    this.#job = job;
    this.#cluster = cluster;
    this.#listener = {
      ...listener,
      ended: (outcome) => {
        this.#done = this.#head?.socket;
        this.#head = undefined;
        listener.ended(outcome);
      },
    };
    this.#maker = maker;
  }

  /** Whether there is a link now. */
  get isUp(): boolean {
    return this.#talk !== undefined;
  }

  /** The id of the job directory. */
  get id(): string {
    return this.#job.id;
  }

  /** Asks the head's own control interface; undefined where there is no link now. */
  ask(question: Question): Promise<Answer> | undefined {
    return this.#talk?.ask(question);
  }

  /** Runs `end` when the link is disposed of. */
  whenOver(end: () => void): void {
    const { signal } = this.#ending;
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  }

  /** The head has said where it is. */
  headIs({ node, host, socket, relay, slurmJobId }: HeadRecord): void {
    if (this.#maker.connect === undefined) return this.#expectCall({ node: node ?? host, slurmJobId });
    if (socket === undefined || relay === undefined) return this.#deaf({ node: node ?? host, slurmJobId });
    if (socket === this.#done || socket === this.#head?.socket) return;
    this.#head = { node: node ?? host, socket, relay, slurmJobId, cluster: this.#cluster };
    this.#pausing?.abort();
    if (!this.#isConnecting) void this.#connectAgain(this.#maker.connect);
  }

  /** The head has called. */
  called(socket: Readable & Writable): void {
    const talk = this.#begin({ stdout: socket, stdin: socket });
    this.whenOver(() => talk.end("it is needed no more"));
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
    this.#expecting?.[Symbol.dispose]();
    this.#talk?.end("it is needed no more");
  }

  #deaf(head: HeadPlace): void {
    this.#failed(head, new Error("it could not listen there, and its output says why"));
  }

  #expectCall(head: HeadPlace): void {
    this.#expecting ??= after(CALL_MS, () => {
      if (!this.isUp) this.#failed(head, new Error(`it has not called this program within ${showDuration(CALL_MS)}`));
    });
  }

  #failed(head: HeadPlace, error: unknown, times = Infinity, wasUp = false): void {
    if (!this.#ending.signal.aborted && this.#listener.runs()) this.#maker.failed(head, { error, times, wasUp });
  }

  async #connectAgain(connect: NonNullable<LinkMaker["connect"]>): Promise<void> {
    this.#isConnecting = true;
    const { signal } = this.#ending;
    let failures = 0;
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const head = this.#head;
      if (head === undefined) break;
      try {
        const talk = await connect(head, (ends) => this.#begin(ends), signal);
        failures = 0;
        this.#reached = head.socket;
        pauseMs = FIRST_PAUSE_MS / 2;
        this.#attached(talk);
        await talk.ended;
      } catch (error) {
        failures += 1;
        this.#failed(head, error, failures, this.#reached === head.socket);
      }
      this.#pausing = new AbortController();
      const either = AbortSignal.any([signal, this.#pausing.signal]);
      await pause(pauseMs * (0.75 + Math.random() / 2), either).catch(() => void (pauseMs = FIRST_PAUSE_MS / 2));
    }
    this.#isConnecting = false;
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
