import { expect, test } from "vitest";
import { forConcurrently_, type HasSignal, type Job, streamConcurrently } from "../../src/index.ts";

/** Gives 1 and 2, then nothing any more, for ever. Says how it was left when it could. */
class StuckInputs implements AsyncIterable<number> {
  returned = false;
  #given = 0;

  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: () => {
        this.#given += 1;
        return this.#given > 2
          ? new Promise<never>(() => undefined)
          : Promise.resolve({ value: this.#given, done: false });
      },
      return: async () => {
        this.returned = true;
        return { value: undefined, done: true };
      },
    };
  }
}

const succeeds =
  (x: number): Job<number, HasSignal> =>
  async () =>
    x;
const failsAt2 =
  (x: number): Job<number, HasSignal> =>
  async () => {
    if (x === 2) throw new RangeError("no 2");
    return x;
  };

test("an abort ends a group that waits for an input that never comes, and tells the inputs so", async () => {
  const controller = new AbortController();
  const inputs = new StuckInputs();
  const job = forConcurrently_(inputs, (x): Job<void, HasSignal> => async () => {
    if (x === 2) controller.abort("enough");
  });
  await expect(job({ signal: controller.signal })).rejects.toBe("enough");
  expect(inputs.returned).toBe(true);
});

test("a failure ends a group that waits for an input that never comes", async () => {
  const { signal } = new AbortController();
  await expect(forConcurrently_(new StuckInputs(), failsAt2)({ signal })).rejects.toThrow("no 2");
});

test("a stream that waits for an input that never comes ends when it is left, when a job fails and when it is aborted", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  for await (const x of streamConcurrently(new StuckInputs(), succeeds)({ signal })) if (x === 2) break;
  await expect(Array.fromAsync(streamConcurrently(new StuckInputs(), failsAt2)({ signal }))).rejects.toThrow("no 2");
  const all = Array.fromAsync(streamConcurrently(new StuckInputs(), succeeds)({ signal }));
  controller.abort("enough");
  await expect(all).rejects.toBe("enough");
});

test("inputs that end are taken to the end, and inputs that fail end the group with their error", async () => {
  async function* numbers(end: () => void): AsyncGenerator<number> {
    yield 1;
    yield 2;
    end();
  }
  const env = { signal: new AbortController().signal };
  const fail = (): never => {
    throw new RangeError("no more inputs");
  };
  expect(
    await forConcurrently_(
      numbers(() => undefined),
      succeeds,
    )(env),
  ).toBe(2);
  await expect(forConcurrently_(numbers(fail), succeeds)(env)).rejects.toThrow("no more inputs");
});
