/** Watches over calls that were sent ahead: they are taken back when the one before them runs long. */
import type { Lane } from "./lane.ts";

/** Longer than this. */
const RECALL_AFTER_MS = 5;

export class RecallWatch {
  readonly #lanes: Iterable<Lane>;
  #lastMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(lanes: Iterable<Lane>) {
    this.#lanes = lanes;
  }

  /** Calls were sent ahead. Ends by itself when none are any more. */
  begin(): void {
    this.#timer ??= setInterval(this.#look, RECALL_AFTER_MS);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /**
   * When this process was busy itself, the answers may be here, unread: then a lane is only suspected, and recalled the
   * next time if none has come.
   */
  readonly #look = (): void => {
    const nowMs = performance.now();
    const late = nowMs - this.#lastMs > 2 * RECALL_AFTER_MS;
    this.#lastMs = nowMs;
    let ahead = 0;
    for (const lane of this.#lanes) {
      ahead += lane.ahead;
      if (lane.ahead === 0 || nowMs - lane.progressMs <= RECALL_AFTER_MS) continue;
      if (!late || lane.suspectedMs === lane.progressMs) lane.recall();
      lane.suspectedMs = lane.progressMs;
    }
    if (ahead === 0) this.end();
  };
}
