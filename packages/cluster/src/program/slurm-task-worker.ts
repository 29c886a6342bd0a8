/** A Slurm job in the place of a worker: it runs one function. */
import type { RemoteInput, RemoteOutput, TaskCall, TaskWorker } from "@hyperion-ts/job";
import { type AnyRemoteFunction, checkInput } from "@hyperion-ts/remote";
import { encodeValue } from "@hyperion-ts/wire";

/** Runs the function of that name, on an encoded input, in a Slurm job. */
export type RunFunction = (name: string, input: Uint8Array) => Promise<unknown>;

/** Nothing is started before the first call, as nobody knows before which job would do. */
export class SlurmTaskWorker implements TaskWorker {
  /** Slurm has not chosen yet. */
  readonly node = "";
  readonly cpuIds: readonly number[] = [];
  readonly #run: RunFunction;

  constructor(run: RunFunction) {
    this.#run = run;
  }

  async call<F extends AnyRemoteFunction>(fn: F, input: RemoteInput<F>): Promise<RemoteOutput<F>> {
    return (await this.#run(fn.name, encodeValue(await checkInput(fn, input)))) as RemoteOutput<F>;
  }

  run({ fn, input }: TaskCall): Promise<unknown> {
    return this.#run(fn.name, input);
  }

  [Symbol.dispose](): void {
    // The job has ended with its call.
  }
}
