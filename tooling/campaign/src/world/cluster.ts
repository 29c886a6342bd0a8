/** A Slurm cluster for many rounds: each has two of its nodes, and an ordinary user, for itself. */
import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Testbed, testbed } from "@hyperion-ts/testbed";
import type { Launch } from "../fault.ts";
import type { Scene } from "../scene.ts";
import { AllocationProgram } from "./allocation-program.ts";
import type { ClusterTarget } from "./cluster-target.ts";
import { LoginProgram } from "./login-program.ts";
import { CHECKOUT, NODE_FOLDER, type Place, type Seat, SHARED } from "./seat.ts";
import type { Running, Stage } from "./stage.ts";

const HEAL_MS = 240_000;

/** How programs run there. */
interface Kind {
  readonly where: "allocation" | "login";
  readonly start: (place: Place, planFile: string, launch: Launch) => Promise<Running<ClusterTarget>>;
}

const KINDS = {
  allocation: { where: "allocation", start: (place, file, launch) => AllocationProgram.submit(place, file, launch) },
  login: { where: "login", start: async (place, file, launch) => new LoginProgram(place, file, launch) },
} as const satisfies Record<string, Kind>;

/** Up from its first use until it is disposed of. */
export class Cluster implements AsyncDisposable {
  readonly #seats: readonly Seat[];
  readonly #free: Seat[];
  readonly #waiting: ((seat: Seat) => void)[] = [];
  #testbed: Promise<Testbed> | undefined;

  /** For so many rounds at the same time. */
  constructor(rounds: number) {
    this.#seats = Array.from({ length: rounds }, (_, i) => ({
      user: `user${i + 1}`,
      nodes: [`n${2 * i + 1}`, `n${2 * i + 2}`],
    }));
    this.#free = [...this.#seats];
  }

  /** A place for a round, when a seat is free. Whether nodes have to be healed after the fault is said by `breaksNodes`. */
  async stage(scene: Scene, kind: keyof typeof KINDS, breaksNodes: boolean): Promise<Stage<ClusterTarget>> {
    const cluster = await (this.#testbed ??= this.#open());
    const seat = this.#free.shift() ?? (await new Promise<Seat>((taken) => this.#waiting.push(taken)));
    const journals = join(scene.root, "journals");
    for (const folder of [journals, scene.temporary]) mkdirSync(folder, { recursive: true });
    const uid = cluster.users.find(({ name }) => name === seat.user)?.uid;
    if (uid === undefined) throw new Error(`The cluster has no user ${seat.user}`);
    for (const folder of [scene.root, journals, scene.temporary]) chownSync(folder, uid, uid);
    const toHeal = kind === "login" ? ["login", ...seat.nodes] : seat.nodes;
    const healNodes = async (): Promise<void> =>
      void (await Promise.all(toHeal.map((node) => cluster.fault.heal(node, { timeoutMs: HEAL_MS }))));
    const undone = breaksNodes ? [healNodes] : [];
    const heal = async (): Promise<void> => {
      for (const undo of undone.toReversed()) await undo();
      undone.length = 0;
    };
    const place: Place = { ...seat, cluster, scene, undone };
    return {
      scene,
      journals,
      where: KINDS[kind].where,
      start: (planFile, launch) => KINDS[kind].start(place, planFile, launch),
      heal,
      [Symbol.asyncDispose]: async () => {
        await scene.resources.disposeAsync();
        await heal();
        this.#release(seat);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#testbed)?.[Symbol.asyncDispose]();
  }

  #release(seat: Seat): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(seat);
    else next(seat);
  }

  #open(): Promise<Testbed> {
    return testbed({
      nodes: this.#seats.flatMap(({ nodes }) => nodes.map((name) => ({ name, cpus: 2 }))),
      users: this.#seats.map(({ user }) => ({ name: user })),
      share: [
        { from: CHECKOUT, to: SHARED.checkout },
        { from: NODE_FOLDER, to: SHARED.node },
      ],
    });
  }
}
