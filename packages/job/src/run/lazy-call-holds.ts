/** The holds of a run, loaded with the first of them: most runs have none. */
import { dirname } from "node:path";
import type { HoldDesk } from "@hyperion-ts/control/serve";
import { ownFolderIfThere } from "@hyperion-ts/own-files";
import type { CallHolder, HasWorkers, HeldRequest } from "../capabilities.ts";
import type { CallHolds } from "./call-holds.ts";
import type { ProgramEnv } from "./work.ts";

/** Where an earlier run may have left some (packages/holds). */
const HOLDS_FOLDER = "holds";

/** What holds calls, as soon as one is to be held. */
export class LazyCallHolds implements CallHolder {
  readonly #env: ProgramEnv;
  readonly #onHold: readonly string[] | undefined;
  #loading: Promise<CallHolds> | undefined;
  #loaded: CallHolds | undefined;

  private constructor(env: ProgramEnv, onHold: readonly string[] | undefined) {
    this.#env = env;
    this.#onHold = onHold;
  }

  /** That of the run with this environment; what earlier runs have left is known when it resolves. */
  static async open(env: ProgramEnv, onHold: readonly string[] | undefined): Promise<LazyCallHolds> {
    const holds = new LazyCallHolds(env, onHold);
    if (ownFolderIfThere(dirname(env.programInfo.database), HOLDS_FOLDER) !== undefined) await holds.#load();
    return holds;
  }

  /** What a person can decide; undefined while nothing is held. */
  get desk(): HoldDesk | undefined {
    return this.#loaded?.desk;
  }

  async answer<A>(request: HeldRequest, attempts: (env: HasWorkers) => Promise<A>): Promise<A> {
    return await (this.#loaded ?? (await this.#load())).answer(request, attempts);
  }

  #load(): Promise<CallHolds> {
    return (this.#loading ??= import("./call-holds.ts").then(({ CallHolds: Holds }) => {
      this.#loaded = new Holds(this.#env, this.#onHold);
      return this.#loaded;
    }));
  }
}
