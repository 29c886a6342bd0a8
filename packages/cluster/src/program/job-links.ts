/** The links to the heads of a program's jobs, and in which way they are made: what is told of that is told once. */
import type { Answer, Question } from "@hyperion-ts/control";
import type { ReachOptions } from "@hyperion-ts/launcher";
import type { ResultsDatabase } from "@hyperion-ts/job";
import type { ClaimSession, ErrorCodec } from "@hyperion-ts/results";
import type { HeadPort } from "@hyperion-ts/transport/link";
import { type ErrorData, errorFromData, errorToData } from "@hyperion-ts/wire";
import PQueue from "p-queue";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { Attach } from "../link/attach.ts";
import type { ListeningHead, Route } from "../link/routes.ts";
import { type HeadPlace, JobLink, type LinkListener, type LinkMaker } from "./job-link.ts";
import type { SubmittedCall } from "./submitted-call.ts";

/** So many heads are connected to at a time. */
const HANDSHAKES_AT_ONCE = 8;
/** After so many attempts in a row a person is told. A head that has just ended can't be reached either, and that is no news; nor is one that was killed, of which Slurm will know. */
const TELLING_FAILURES = { neverUp: 2, wasUp: 5 } as const;

const ERRORS: ErrorCodec = { toData: errorToData, fromData: (data) => errorFromData(data as ErrorData) };

/** How links are made, and who is told. */
export interface JobLinksOptions {
  readonly attach?: Attach | undefined;
  readonly reach?: ReachOptions | undefined;
  readonly results: ResultsDatabase;
  /** Tells a person which way is used, and why. */
  readonly tell: (sentence: string) => void;
  readonly log: (line: string) => void;
}

/** The links of one run of a program. Disposing of it closes the port, where there is one. */
export class JobLinks implements AsyncDisposable {
  readonly #options: JobLinksOptions;
  /** How they are made. */
  readonly attach: Attach;
  readonly #handshakes = new PQueue({ concurrency: HANDSHAKES_AT_ONCE });
  readonly #links = new Set<JobLink>();
  /** Sessions that end. */
  readonly #closing = new Set<Promise<void>>();
  readonly #told = new Set<string>();
  /** By job directory: they outlive links. */
  readonly #claims = new Map<string, ClaimSession>();
  /** Ways in that have served. */
  readonly #proven = new Set<Route>();
  #routes: readonly Route[] | undefined;
  #port: Promise<HeadPort> | undefined;

  constructor(options: JobLinksOptions) {
    this.#options = options;
    this.attach = options.attach ?? "auto";
  }

  /** A link to the head of a submission, as soon as there can be one; undefined where there is to be none. */
  open(directory: JobDirectory, { number, cluster }: SubmittedCall, listener: LinkListener): JobLink | undefined {
    const { exchange } = this.#options.results;
    if (this.attach === "files") return undefined;
    const claims = this.#claimsOf(directory);
    const job = { id: directory.job.id, submission: number, exchange, claims, cluster };
    const link = new JobLink(job, listener, this.#maker);
    this.#links.add(link);
    link.whenOver(() => this.#links.delete(link));
    if (this.attach === "call-back") void this.#invite(directory, link);
    return link;
  }

  /** Asks the head of a directory's job; undefined where there is no link to one now. */
  ask({ job: { id } }: JobDirectory, question: Question): Promise<Answer> | undefined {
    return [...this.#links].find((link) => link.id === id && link.isUp)?.ask(question);
  }

  /** The head of a directory's job computes no more, as far as is known, and may go on: what it was computing, others may. */
  headLost({ job: { id } }: JobDirectory): void {
    this.#claims.get(id)?.release();
  }

  /** The job of a directory has ended, and its rows are here, as far as anybody will bring them: what it was to compute, others may. */
  ended({ job: { id } }: JobDirectory): void {
    this.#claims.get(id)?.[Symbol.dispose]();
    this.#claims.delete(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links) link[Symbol.dispose]();
    await Promise.all(this.#closing);
    const port = await this.#port?.catch(() => undefined);
    if (port !== this.#options.reach?.headPort) await port?.[Symbol.asyncDispose]();
  }

  #claimsOf({ job: { id } }: JobDirectory): ClaimSession {
    const known = this.#claims.get(id);
    if (known !== undefined) return known;
    const session = this.#options.results.openClaimSession({ errors: ERRORS, waitsForOwn: false, source: id });
    this.#claims.set(id, session);
    return session;
  }

  get #maker(): LinkMaker {
    const connect: LinkMaker["connect"] = (head, talk, signal) => this.#connect(head, talk, signal);
    return {
      failed: (head, { error, times, wasUp }) => {
        if (times >= TELLING_FAILURES[wasUp ? "wasUp" : "neverUp"]) this.#tellOfFiles(head, error);
      },
      ...(this.attach === "call-back" ? {} : { connect }),
    };
  }

  async #connect(...[head, talk, signal]: Parameters<NonNullable<LinkMaker["connect"]>>) {
    const { connectBy, routesOf } = await import("../link/routes.ts");
    this.#routes ??= routesOf(this.attach, this.#options.reach ?? {}, this.#options.log);
    const closing = (closed: Promise<void>): void => {
      this.#closing.add(closed);
      void closed.finally(() => this.#closing.delete(closed));
    };
    const failures: string[] = [];
    for (const route of this.#inOrder(this.#routes)) {
      try {
        const begun = await this.#handshakes.add(() => connectBy(route, head, { talk, signal, closing }), { signal });
        this.#proven.add(route);
        if (failures.length > 0) this.#tellOfRoute(route, head, failures);
        return begun;
      } catch (error) {
        signal.throwIfAborted();
        failures.push(`${route.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    throw new Error(failures.join("; "));
  }

  /** What has never served comes behind what has. */
  #inOrder(routes: readonly Route[]): readonly Route[] {
    return [
      ...routes.filter((route) => this.#proven.has(route)),
      ...routes.filter((route) => !this.#proven.has(route)),
    ];
  }

  async #invite(directory: JobDirectory, link: JobLink): Promise<void> {
    try {
      this.#port ??= this.#openPort();
      const port = await this.#port;
      const address = port.admit((socket) => link.called(socket));
      link.whenOver(() => {
        address[Symbol.dispose]();
        removeAddress(directory);
      });
      directory.writePort(address);
    } catch (error) {
      this.#tellOnce("files", `Results of jobs come by files: heads can't call this program. ${String(error)}`);
    }
  }

  async #openPort(): Promise<HeadPort> {
    const { openHeadPort } = await import("@hyperion-ts/transport/link");
    return this.#options.reach?.headPort ?? (await openHeadPort());
  }

  #tellOfRoute({ name }: Route, { node, slurmJobId }: ListeningHead, failures: readonly string[]): void {
    this.#tellOnce(
      name,
      `The link to Slurm job ${slurmJobId} goes by ${name}, as ${node} could not be reached otherwise: ${failures.join("; ")}`,
    );
  }

  #tellOfFiles({ node, slurmJobId }: HeadPlace, error: unknown): void {
    this.#tellOnce(
      "files",
      `Results of Slurm job ${slurmJobId} come by files, every ten seconds or so, as there is no link to its head on ${node} (it is tried again): ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  #tellOnce(way: string, sentence: string): void {
    if (this.#told.has(way)) return;
    this.#told.add(way);
    this.#options.tell(sentence);
  }
}

/** It is of no use any more to whoever has it: what can't be removed may stay. */
function removeAddress(directory: JobDirectory): void {
  try {
    directory.writePort(undefined);
  } catch {
    // The folder is gone, or its file server is away.
  }
}
