/** The results database of a run: it knows the code of the program's functions, and what is known of the program itself. */
import {
  openResults,
  type OtherCode,
  type ResultsDatabase,
  type ResultsError,
  type ResultsOptions,
} from "@hyperion-ts/results";
import type { RunEvents } from "@hyperion-ts/progress";
import type { ProgramInfo } from "../program-info.ts";
import { describeProgram } from "./describe-program.ts";
import { programCode } from "./program-code.ts";

/** The run whose results these are: it hears of the database. */
export interface RunWithResults {
  /** Told of results that other code has computed. */
  readonly events: RunEvents;
  /** A result was found in the database. */
  hit(): void;
  /** So many results were removed from the database. */
  forgotten(results: number): void;
  /** The database is lost: the run has to end. */
  lost(error: ResultsError): void;
}

/**
 * Opens the database of `info`. It is disposed of with `stack`.
 *
 * @throws what `openResults` throws.
 */
export async function openProgramResults(
  info: ProgramInfo,
  options: Pick<ResultsOptions, "arbiter" | "aroundCommit" | "batchJob" | "behind">,
  run: RunWithResults,
  stack: AsyncDisposableStack,
): Promise<ResultsDatabase> {
  const ended = new AbortController();
  let described: Promise<unknown> = Promise.resolve();
  stack.defer(async () => {
    ended.abort();
    await described;
  });
  // Before all else that waits: each file that is changed after this stays as it was.
  void programCode.readAll(ended.signal);
  const results = stack.use(
    await openResults({
      ...options,
      path: info.database,
      programId: info.id,
      codeOfToday: (functionName) => programCode.of(functionName)?.hash(),
      onOtherCode: (found) => run.events.emit({ type: "other-code", ...otherCode(found) }),
      onHit: () => run.hit(),
      onForgotten: (_map, keys) => run.forgotten(keys),
      onLost: (error) => run.lost(error),
      onBehindFailed: (error) => run.events.emit({ type: "log", message: error.message }),
    }),
  );
  described = describeProgram(ended.signal).then((about) => results.describeProgram({ ...about }));
  return results;
}

/** SQLite's time is in UTC. */
const otherCode = ({
  startedAt,
  ...found
}: OtherCode): Omit<OtherCode, "startedAt"> & { readonly startedAt: string | null } => ({
  ...found,
  startedAt: startedAt === undefined ? null : `${startedAt.replace(" ", "T")}Z`,
});
