/** What a run of a program works with: what it gives to all that it runs, and where its calls go. */
import type { Answer, HoldDesk, OpenCalls, Question } from "@hyperion-ts/control/serve";
import type { JobEnv } from "../job-env.ts";
import type { CountedWork } from "./counts-report.ts";

/** What every run has, wherever its calls go. */
export type ProgramEnv = Pick<JobEnv, "programInfo" | "results" | "signal" | "events" | "log">;

/** What the program's calls go to. Disposing of it ends all that it has started. */
export interface Work extends CountedWork, AsyncDisposable {
  /** A rejection: it has turned out that no call can be made. Absent where that is known from the beginning. */
  readonly failed?: Promise<never>;
  /** Lets no call begin any more; resolves when none runs. */
  drain(): Promise<void>;
  /** The calls that have not ended; absent where they can't be listed. */
  readonly openCalls?: OpenCalls;
  /** The calls that wait for a person; absent where none ever does, undefined where none does yet. */
  readonly holds?: () => HoldDesk | undefined;
  /** Asks the head of a Slurm job of the program, by the id of the job or of its call; undefined where there is no link to one. Absent: there are no Slurm jobs. */
  askJob?(id: string, question: Question): Promise<Answer> | undefined;
  /** What goes on without the program when a signal ends it, in a sentence; absent, or undefined: nothing does. */
  goesOn?(): string | undefined;
  /** What a run is aborted with so that what would go on without it is cancelled, too: because of what a person did, such as `"hyperion stop --jobs"`. */
  endOfAll?(by: string): { readonly reason: Error; readonly jobs: readonly number[] };
}
