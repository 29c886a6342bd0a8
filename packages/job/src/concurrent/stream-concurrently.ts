/** Jobs over more inputs than fit into memory: only a window of them is ever alive. */
import { checkOptions, flag, type Rules, unlimited, whole } from "@hyperion-ts/bounds";
import type { HasSignal } from "../capabilities.ts";
import type { Job } from "../job.ts";
import type { JobEnv } from "../job-env.ts";
import { checkInputs } from "../misuse.ts";
import { type Group, withGroup } from "./group.ts";
import { inputsUntil } from "./inputs-until.ts";
import { startWindowed } from "./start-windowed.ts";

/** How far a stream runs ahead of its reader, and in which order it yields. */
export interface StreamOptions {
  /** How many inputs are taken ahead of the results, 1 at least. Infinity: all that there are. Default 1,024. */
  readonly window?: number;
  /** Whether results come in the inputs' order (the default) or as they are ready. */
  readonly ordered?: boolean;
}

const DEFAULT_WINDOW = 1_024;

const RULES: Rules<StreamOptions> = { window: unlimited(whole(1)), ordered: flag };

/**
 * Runs `f` on inputs from any iterable, and yields the results. Takes inputs only as results are consumed, at
 * most `window` of them ahead. The first failure aborts the others and is thrown; leaving the loop early aborts them too.
 *
 * @throws TypeError or RangeError when an argument or an option is wrong; the loop: the first failure.
 * @example
 * for await (const y of streamConcurrently(points, (x) => remoteEval(f, x))(env)) console.log(y);
 */
export function streamConcurrently<A, B, R extends HasSignal = JobEnv>(
  inputs: Iterable<A> | AsyncIterable<A>,
  f: (input: A, index: number) => Job<B, R>,
  options: StreamOptions = {},
): (env: R) => AsyncGenerator<B, void, undefined> {
  checkInputs("streamConcurrently", inputs, f);
  checkOptions("streamConcurrently", options, RULES);
  return (env) => stream(env, inputs, f, options);
}

/**
 * Runs `f` on inputs from any iterable and keeps no results. Resolves to the number of inputs.
 * The first failure aborts the others and is rethrown.
 *
 * @throws TypeError or RangeError when an argument or an option is wrong; the job: the first failure.
 */
export function forConcurrently_<A, R extends HasSignal = JobEnv>(
  inputs: Iterable<A> | AsyncIterable<A>,
  f: (input: A, index: number) => Job<unknown, R>,
  options: Pick<StreamOptions, "window"> = {},
): Job<number, R> {
  checkInputs("forConcurrently_", inputs, f);
  checkOptions("forConcurrently_", options, { window: RULES.window });
  return (env) =>
    withGroup(
      env,
      (group) => startWindowed(group, { inputs, job: f, done: ignore, window: options.window ?? DEFAULT_WINDOW }),
      inputs,
    );
}

async function* stream<A, B, R extends HasSignal>(
  env: R,
  inputs: Iterable<A> | AsyncIterable<A>,
  f: (input: A, index: number) => Job<B, R>,
  { window = DEFAULT_WINDOW, ordered = true }: StreamOptions,
): AsyncGenerator<B, void, undefined> {
  const box = new Mailbox<B>(window, ordered);
  const stop = new AbortController();
  const outer = (): void => stop.abort(env.signal.reason);
  env.signal.throwIfAborted();
  env.signal.addEventListener("abort", outer, { once: true });
  const startAll = async (members: Group<R>): Promise<void> => {
    let index = 0;
    for await (const input of inputsUntil(members.env.signal, inputs)) {
      await box.room();
      if (members.env.signal.aborted) break;
      const at = index;
      index += 1;
      void members.start(f(input, at), (value) => box.put(at, value)).then((succeeded) => succeeded || box.close());
    }
  };
  const group = withGroup({ ...env, signal: stop.signal }, startAll, inputs);
  const ended = group.then(
    () => box.close(),
    () => box.close(),
  );
  try {
    yield* box.values();
    await group;
  } finally {
    stop.abort(new StreamClosedError());
    box.close();
    env.signal.removeEventListener("abort", outer);
    await ended;
  }
}

/** Why what is left of a stream is aborted when its consumer stops. */
export class StreamClosedError extends Error {
  override readonly name = "StreamClosedError";
  readonly code = "stream-closed";

  constructor() {
    super("The results of this stream are no longer wanted");
  }
}

/** Results on their way from the jobs to the consumer, at most `window` of them alive. */
class Mailbox<B> {
  readonly #window: number;
  readonly #ordered: boolean;
  readonly #ready = new Map<number, B>();
  #taken = 0;
  #arrived = 0;
  #next = 0;
  #closed = false;
  #wakeProducer: (() => void) | undefined;
  #wakeConsumer: (() => void) | undefined;

  constructor(window: number, ordered: boolean) {
    this.#window = window;
    this.#ordered = ordered;
  }

  /** Resolves when one more input may be taken. */
  async room(): Promise<void> {
    while (this.#taken - this.#next >= this.#window && !this.#closed)
      await new Promise<void>((resolve) => (this.#wakeProducer = resolve));
    this.#taken += 1;
  }

  put(index: number, value: B): void {
    this.#ready.set(this.#ordered ? index : this.#arrived, value);
    this.#arrived += 1;
    this.#wakeConsumer?.();
  }

  close(): void {
    this.#closed = true;
    this.#wakeProducer?.();
    this.#wakeConsumer?.();
  }

  async *values(): AsyncGenerator<B, void, undefined> {
    for (;;) {
      while (this.#ready.has(this.#next)) {
        const value = this.#ready.get(this.#next);
        this.#ready.delete(this.#next);
        this.#next += 1;
        this.#wakeProducer?.();
        yield value as B;
      }
      if (this.#closed) return;
      await new Promise<void>((resolve) => (this.#wakeConsumer = resolve));
    }
  }
}

const ignore = (): void => undefined;
