/** Runs of jobs on this machine, for tests: quiet, in a directory of their own that goes away with them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Job,
  type ProgramInfo,
  programInfo,
  type RunEvent,
  runJobLocal,
  type RunLocalOptions,
} from "../src/index.ts";

/** A directory that is removed at the end of its scope. */
export class TempDir implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "hyperion-job-"));

  get info(): ProgramInfo {
    return programInfo(this.path);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Runs a job quietly with two workers, and gives its result and the run's events. */
export async function runQuietly<A>(
  job: Job<A>,
  options: RunLocalOptions = {},
): Promise<{ readonly value: A; readonly events: readonly RunEvent[] }> {
  using dir = new TempDir();
  const events: RunEvent[] = [];
  const value = await runJobLocal(dir.info, job, {
    cpus: 2,
    progress: "none",
    handleSignals: false,
    ...options,
    onEvent: ({ event }) => events.push(event),
  });
  return { value, events };
}
