/**
 * The head's side of the link: it listens on a socket of its node, calls the program where that has left an address, and talks to
 * one program at a time, the last that has come. A job needs no link, so nothing that goes wrong with it is more than a line in
 * the job's output.
 */
import { existsSync } from "node:fs";
import type { Duplex } from "node:stream";
import { after } from "@hyperion-ts/bounds";
import type { Answer, Question } from "@hyperion-ts/control";
import type { ResultsDatabase } from "@hyperion-ts/job";
import type { ClaimChannel } from "@hyperion-ts/results";
import { lockOf } from "@hyperion-ts/results/lock-file";
import { remoteArbiter } from "@hyperion-ts/results/remote-arbiter";
import { type ErrorData, errorFromData, errorToData } from "@hyperion-ts/wire";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { CallsOfHead } from "../directory/job-record.ts";
import { encodeOutcome, type SignedOutcome } from "../directory/outcome.ts";
import { type FromHead, fromProgram, type FromProgram, LINK_VERSION } from "../link/link-messages.ts";
import { type LinkSocket, listenOnSocket } from "../link/link-socket.ts";
import { LinkStream } from "../link/link-stream.ts";
import { RowSender } from "../link/row-sender.ts";
import { callProgram } from "./call-program.ts";

/** The program is given so long to hear how the job ended; it finds it in the directory, too. */
const LAST_WORD_MS = 5_000;

/** A program that runs connects within seconds of its hearing of a head; calls that others may be making too wait for it, so long. */
const PROGRAM_EXPECTED_MS = 10_000;

/** A program that is connected, and what it has of the rows, as it says. */
interface ConnectedProgram {
  readonly stream: LinkStream;
  readonly positions: ReadonlyMap<string, bigint>;
  readonly claims: ClaimChannel;
  rows: RowSender | undefined;
}

/** The link of one head. Disposing of it ends it. */
export class ProgramLink implements Disposable {
  /** Who says which of the calls that several jobs make runs here: the program, while it is connected. */
  readonly arbiter = remoteArbiter({ toData: errorToData, fromData: (data) => errorFromData(data as ErrorData) });
  readonly #directory: JobDirectory;
  readonly #submission: number;
  readonly #unwanted = new AbortController();
  readonly #closing = new AbortController();
  readonly #streams = new Set<LinkStream>();
  #socket: LinkSocket | undefined;
  #program: ConnectedProgram | undefined;
  #results: ResultsDatabase | undefined;
  #answer: ((question: Question) => Promise<Answer>) | undefined;
  #calls: CallsOfHead | undefined;

  private constructor(directory: JobDirectory, submission: number) {
    this.#directory = directory;
    this.#submission = submission;
  }

  /** The link of the head that runs the job of `directory` as its submission of that number, from 1 on. It listens where it can. */
  static async open(directory: JobDirectory, submission: number): Promise<ProgramLink> {
    const link = new ProgramLink(directory, submission);
    try {
      link.#socket = await listenOnSocket((socket) => void link.#accept(socket));
    } catch (error) {
      console.error(`Nobody can connect to this head, and results go by files: ${String(error)}`);
    }
    return link;
  }

  /** Where it listens; undefined where it can't. */
  get socket(): string | undefined {
    return this.#socket?.path;
  }

  /** Aborts when the program wants the job no more. */
  get unwanted(): AbortSignal {
    return this.#unwanted.signal;
  }

  /** The head has the directory to itself: the program may be called. */
  begin(): void {
    if (this.#isExpected()) this.arbiter.expect(PROGRAM_EXPECTED_MS);
    void callProgram(this.#directory, (socket) => this.#accept(socket), this.#closing.signal);
  }

  /** The job runs, with this database; `answer` is how it answers whoever asks it. */
  serve(results: ResultsDatabase, answer: (question: Question) => Promise<Answer>): void {
    this.#results = results;
    this.#answer = answer;
    this.#sendRows();
  }

  /** So far is the job. */
  counted(calls: CallsOfHead): void {
    this.#calls = calls;
    this.#send({ type: "counts", calls });
  }

  /** Says how the job ended. Resolves when the program has heard it, or nobody hears. */
  async lastWord(outcome: SignedOutcome): Promise<void> {
    const stream = this.#program?.stream;
    if (stream === undefined) return;
    using _late = after(LAST_WORD_MS, () => stream.end("the program did not hear how the job has ended"));
    const message: FromHead = { type: "outcome", bytes: encodeOutcome(outcome) };
    stream.post(message);
    await stream.ended;
  }

  [Symbol.dispose](): void {
    this.#closing.abort(new Error("The head ends"));
    this.#socket?.[Symbol.dispose]();
    for (const stream of this.#streams) stream.end("the head ends");
  }

  #accept(ends: Duplex): LinkStream {
    const stream = new LinkStream(
      { input: ends, output: ends, greets: true },
      { heard: (message) => this.#heard(stream, fromProgram(message)) },
    );
    this.#streams.add(stream);
    void stream.ended.then(() => this.#left(stream));
    const hello: FromHead = {
      type: "hello",
      version: LINK_VERSION,
      id: this.#directory.job.id,
      submission: this.#submission,
    };
    stream.send(hello);
    return stream;
  }

  #heard(stream: LinkStream, message: FromProgram): void {
    if (message.type === "attach") return this.#attach(stream, message);
    if (stream !== this.#program?.stream) return;
    switch (message.type) {
      case "taken":
        return this.#program.rows?.taken(message.number);
      case "abort":
        return this.#unwanted.abort(new Error(message.reason));
      case "ask":
        return void this.#answerTo(stream, message);
      case "claims":
        return this.#program.claims.receive(message.messages);
      default:
        message satisfies never;
    }
  }

  async #answerTo(
    stream: LinkStream,
    { number, method, path, wantsText }: Extract<FromProgram, { type: "ask" }>,
  ): Promise<void> {
    let answer: Answer;
    try {
      if (this.#answer === undefined) throw new Error("The job has not begun");
      answer = await this.#answer({ method, path, wantsText });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      answer = { status: 503, isText: false, body: JSON.stringify({ code: "no-answer", message }) };
    }
    const message: FromHead = { type: "answer", number, ...answer };
    stream.send(message);
  }

  #attach(stream: LinkStream, { version, id, positions }: Extract<FromProgram, { type: "attach" }>): void {
    if (version !== LINK_VERSION || id !== this.#directory.job.id)
      throw new Error(
        `it speaks version ${version} of the link, of ${id}; this head version ${LINK_VERSION}, of ${this.#directory.job.id}`,
      );
    this.#program?.stream.end("another program has connected");
    const claims = this.arbiter.connect((messages) => stream.post({ type: "claims", messages }));
    this.#program = { stream, positions, claims, rows: undefined };
    if (this.#calls !== undefined) this.counted(this.#calls);
    this.#sendRows();
  }

  #sendRows(): void {
    const program = this.#program;
    if (program === undefined || program.rows !== undefined || this.#results === undefined) return;
    const { stream, positions } = program;
    program.rows = new RowSender(this.#results.exchange, positions, {
      send: (number, batch) => {
        const message: FromHead = { type: "rows", number, batch };
        stream.post(message);
      },
      failed: (error) => stream.end(`rows can't be read: ${String(error)}`),
    });
  }

  /** Whether a program is there, as far as its database's lock tells, that may connect. */
  #isExpected(): boolean {
    const { attach } = this.#directory.submissions()[this.#submission - 1] ?? {};
    return attach !== "files" && existsSync(lockOf(this.#directory.job.database));
  }

  #send(message: FromHead): void {
    this.#program?.stream.send(message);
  }

  #left(stream: LinkStream): void {
    this.#streams.delete(stream);
    if (this.#program?.stream !== stream) return;
    this.#program.rows?.[Symbol.dispose]();
    this.#program.claims[Symbol.dispose]();
    this.#program = undefined;
  }
}
