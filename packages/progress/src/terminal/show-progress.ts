/**
 * The progress display of a run. It reads the event stream alone, and writes to stderr: stdout is the program's. What to
 * show is worked out by pure functions (`run-state`, `live-lines`, `event-lines`, `counts-line`); the two displays
 * only decide when to write it.
 */
import type { RunEvents } from "../events/run-events.ts";
import { displayMode } from "./display-mode.ts";
import { LiveDisplay } from "./live-display.ts";
import type { OutputStream } from "./output-stream.ts";
import { PlainDisplay } from "./plain-display.ts";

/** Where the display is shown, and what else is. Defaults: those of this process. */
export interface ProgressOptions {
  /** Where progress is written. Default: stderr. */
  readonly stream?: OutputStream;
  /** The program's own streams: while a live block is up, what they print is put above it. Default: stdout and stderr. */
  readonly programStreams?: readonly OutputStream[];
  /** Asked for `CI`, `TERM` and `NO_COLOR`. Default: the process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Shows all events from now on until it is disposed of; `"auto"`: a live block on a terminal, plain lines elsewhere. */
export function showProgress(events: RunEvents, mode: "auto" | "plain", options: ProgressOptions = {}): Disposable {
  const { stream = process.stderr, programStreams = [process.stdout, process.stderr], env = process.env } = options;
  using stack = new DisposableStack();
  // A terminal that is gone, or a reader that has had enough, is no reason to end the run.
  stream.on("error", ignore);
  stack.defer(() => stream.off("error", ignore));
  const chosen = displayMode(mode, stream.isTTY === true, env);
  const display = stack.use(
    chosen.kind === "plain"
      ? new PlainDisplay(stream)
      : new LiveDisplay(stream, { colour: chosen.colour, programStreams }),
  );
  stack.use(events.subscribe((event) => display.show(event)));
  return stack.move();
}

const ignore = (): void => undefined;
