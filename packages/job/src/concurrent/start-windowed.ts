/** Members of a group for inputs as they come, with an end to how many are alive. */
import type { HasSignal } from "../capabilities.ts";
import type { Job } from "../job.ts";
import type { Group } from "./group.ts";
import { inputsUntil } from "./inputs-until.ts";

/** What is started for each input, and who takes its result. */
export interface Windowed<A, B, R extends HasSignal> {
  /** One member is started for each. */
  readonly inputs: Iterable<A> | AsyncIterable<A>;
  /** Makes the job of a member. */
  readonly job: (input: A, index: number) => Job<B, R>;
  /** Takes its result. */
  readonly done: (value: B, index: number) => void;
  /** How many may be alive at once. */
  readonly window: number;
}

/** Starts a member for each input, as long as the group goes on. Resolves with how many there were when the last one was started. */
export async function startWindowed<A, B, R extends HasSignal>(
  group: Group<R>,
  { inputs, job, done, window }: Windowed<A, B, R>,
): Promise<number> {
  let alive = 0;
  let count = 0;
  let wake: (() => void) | undefined;
  const ended = (): void => {
    alive -= 1;
    wake?.();
  };
  for await (const input of inputsUntil(group.env.signal, inputs)) {
    const index = count;
    count += 1;
    alive += 1;
    void group.start(job(input, index), (value) => done(value, index)).then(ended);
    if (alive >= window) await new Promise<void>((resolve) => (wake = resolve));
    if (group.env.signal.aborted) break;
  }
  return count;
}
