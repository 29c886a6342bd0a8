/** Which files were changed while a run goes on, and how many of its workers run the code as it was: told together, and once for each file. */
import type { OldCode } from "@hyperion-ts/launcher";
import type { RunEvent } from "@hyperion-ts/progress";

/** Collects the changed files, and tells each once. */
export class OldCodeNews {
  readonly #workers = new Set<string>();
  readonly #told = new Set<string>();
  #untold: OldCode["files"] = [];

  /** A worker runs old code. */
  readonly heard = ({ serviceId, files }: OldCode): void => {
    this.#workers.add(serviceId);
    for (const file of files) {
      if (this.#told.has(file.path)) continue;
      this.#told.add(file.path);
      this.#untold = [...this.#untold, file];
    }
  };

  /** What there is to tell since the last time. */
  take(): readonly RunEvent[] {
    const files = this.#untold.map(({ path, changedAtMs }) => ({
      path,
      changedAt: changedAtMs === null ? null : new Date(changedAtMs).toISOString(),
    }));
    this.#untold = [];
    return files.length === 0 ? [] : [{ type: "old-code", files, workers: this.#workers.size }];
  }
}
