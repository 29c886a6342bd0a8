/**
 * Notices a head of which nothing is heard though Slurm says that its job runs: one that is stopped, hangs, or never began. Its
 * reports are known by their change, and how long that is ago by this program's own clock: clocks of other machines may differ.
 * It may as well be the file server that is slow, so a person is told, and nothing is ended. Pure.
 */

/** A head reports every 5 s; a job whose own code blocks its event loop is silent for as long. */
const SILENT_MS = 30_000;
/** Before its first report come the preamble, and the program's file. */
const NOT_BEGUN_MS = 60_000;

/** What a look has found. */
export interface HeadLook {
  /** Whether Slurm says that the job runs. */
  readonly runs: boolean;
  /** Changes with each report; undefined before the first of this start of the job. */
  readonly report: number | undefined;
}

/** What is to be told: after which time, in milliseconds. */
export interface HeadNews {
  /** `not-begun`: this start of the job has brought no report yet; `begun`: now it has. */
  readonly kind: "silent" | "not-begun" | "begun" | "heard-again";
  readonly afterMs: number;
}

/** The looks at one job, from one to the next. */
export class HeadSilence {
  #last: HeadLook = { runs: false, report: undefined };
  /** When the last look was different. */
  #changedMs = 0;
  #told = false;

  /** Takes in a look; `nowMs` is on a clock that never jumps. What is new is told once. */
  look(look: HeadLook, nowMs: number): HeadNews | undefined {
    const { runs, report } = this.#last;
    const afterMs = nowMs - this.#changedMs;
    if (look.runs === runs && look.report === report) return this.#unchanged(afterMs);
    const heardAgain = this.#told && look.runs && runs;
    this.#last = look;
    this.#changedMs = nowMs;
    this.#told = false;
    return heardAgain ? { kind: report === undefined ? "begun" : "heard-again", afterMs } : undefined;
  }

  #unchanged(afterMs: number): HeadNews | undefined {
    const { runs, report } = this.#last;
    if (!runs || this.#told || afterMs < (report === undefined ? NOT_BEGUN_MS : SILENT_MS)) return undefined;
    this.#told = true;
    return { kind: report === undefined ? "not-begun" : "silent", afterMs };
  }
}

/** Which head it is. */
export interface HeadPlace {
  readonly host?: string;
  readonly pid?: number;
  readonly jobId: number;
  /** The file of what its job has printed. */
  readonly output: string;
}

/** What a person is told. */
export function headNewsText({ kind, afterMs }: HeadNews, { host, pid, jobId, output }: HeadPlace): string {
  const seconds = `${Math.round(afterMs / 1_000)} s`;
  const help = `${output} may tell more; scancel ${jobId} ends it, and what it has stored stays`;
  switch (kind) {
    case "silent":
      return `Its head (process ${pid} on ${host}) has not reported for ${seconds}, though Slurm says that the job runs: it is stopped, busy or hangs, or the file server is slow. ${help}`;
    case "not-begun":
      return `It has run for ${seconds}, and its head has not reported: its preamble or the start of the program takes long or hangs, or the file server is slow. ${help}`;
    case "begun":
      return `Its head has reported, after ${seconds}`;
    case "heard-again":
      return `Its head reports again, after ${seconds}`;
    default:
      return kind satisfies never;
  }
}
