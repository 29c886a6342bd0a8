import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { JobSlots } from "../../src/program/job-slots.ts";

/** A job that settles and is gone when it is told to. */
class SomeJob {
  readonly settled = Promise.withResolvers<string>();
  readonly #gone = Promise.withResolvers<void>();
  begun = false;
  watched = true;

  readonly use = async () => {
    this.begun = true;
    return {
      value: await this.settled.promise,
      gone: this.#gone.promise,
      [Symbol.dispose]: () => void (this.watched = false),
    };
  };

  async leave(): Promise<void> {
    this.#gone.resolve();
    await turn();
  }
}

const { signal } = new AbortController();

describe("a slot", () => {
  test("gives a value at once, and is kept until the job is gone", async () => {
    const slots = new JobSlots(1);
    const [first, second] = [new SomeJob(), new SomeJob()];
    const value = slots.run(false, signal, first.use);
    void slots.run(false, signal, second.use);
    first.settled.resolve("first");
    expect(await value).toBe("first");
    await turn();
    expect([first.watched, second.begun]).toEqual([true, false]);
    await first.leave();
    expect([first.watched, second.begun]).toEqual([false, true]);
  });

  test("is free at once where there is no limit, and after a failure", async () => {
    const free = new SomeJob();
    free.settled.resolve("value");
    await new JobSlots(undefined).run(false, signal, free.use);
    expect(free.watched).toBe(false);

    const slots = new JobSlots(1);
    const [failing, next] = [new SomeJob(), new SomeJob()];
    failing.settled.reject(new Error("no"));
    await expect(slots.run(false, signal, failing.use)).rejects.toThrow("no");
    void slots.run(false, signal, next.use);
    await turn();
    expect(next.begun).toBe(true);
  });

  test("goes to jobs that Slurm has already before others", async () => {
    const slots = new JobSlots(1);
    const [first, fresh, there] = [new SomeJob(), new SomeJob(), new SomeJob()];
    void slots.run(false, signal, first.use);
    void slots.run(false, signal, fresh.use);
    void slots.run(true, signal, there.use);
    first.settled.resolve("");
    await turn();
    await first.leave();
    expect([fresh.begun, there.begun]).toEqual([false, true]);
  });

  test("that is waited for is given up by an abort; a job that has one ends by itself, and keeps it until then", async () => {
    const slots = new JobSlots(1);
    const [running, waiting, last] = [new SomeJob(), new SomeJob(), new SomeJob()];
    const abort = new AbortController();
    const first = slots.run(false, abort.signal, running.use);
    const second = slots.run(false, abort.signal, waiting.use);
    void slots.run(false, signal, last.use);
    abort.abort(new Error("unwanted"));
    await expect(second).rejects.toThrow("unwanted");
    expect([waiting.begun, last.begun]).toEqual([false, false]);
    running.settled.reject(new Error("cancelled"));
    await expect(first).rejects.toThrow("cancelled");
    await turn();
    expect(last.begun).toBe(true);
  });
});
