/** Whether the pool's cost grows with the number of nodes. */
import { type Lease, PoolCore, type PoolNode, type Waiter } from "@hyperion-ts/cpu-pool";
import { figure } from "../figure.ts";
import { atMost } from "../finding.ts";
import { inTurns } from "../in-turns.ts";
import type { Answer, Effort, Question } from "../question.ts";
import { median } from "../statistics.ts";

const CPUS_PER_NODE = 8;
const MANY_NODES = 10_000;
const WAITERS = 100;
const UNIT = "µs";

const SIZES = {
  full: { warmUp: 10, rounds: 40, pairs: 10_000 },
  quick: { warmUp: 1, rounds: 2, pairs: 200 },
} as const;

/** The question of what the pool costs on many nodes. */
export const pool: Question = {
  name: "pool",
  group: "local",
  asks: `How does the cost of reserve and release grow from 1 node to ${MANY_NODES}?`,
  answer: async (effort) => answer(effort),
};

async function answer(effort: Effort): Promise<Answer> {
  const { warmUp, rounds, pairs } = SIZES[effort];
  const free = { one: new FreePool(1), many: new FreePool(MANY_NODES) };
  const busy = { one: new BusyPool(1), many: new BusyPool(MANY_NODES) };
  const measures = {
    freeOne: () => microsecondsPer(pairs, () => free.one.pair()),
    freeMany: () => microsecondsPer(pairs, () => free.many.pair()),
    busyOne: () => microsecondsPer(pairs, () => busy.one.pair()),
    busyMany: () => microsecondsPer(pairs, () => busy.many.pair()),
  };
  await inTurns(warmUp, measures);
  const taken = await inTurns(rounds, measures);
  return {
    figures: [
      figure("reserve and release, 1 node", UNIT, taken.freeOne),
      figure(`reserve and release, ${MANY_NODES} nodes`, UNIT, taken.freeMany),
      figure(`release and reserve, saturated, ${WAITERS} waiting, 1 node`, UNIT, taken.busyOne),
      figure(`release and reserve, saturated, ${WAITERS} waiting, ${MANY_NODES} nodes`, UNIT, taken.busyMany),
    ],
    findings: [
      {
        what: `${MANY_NODES} nodes, in costs of 1 node`,
        unit: "",
        value: median(taken.freeMany) / median(taken.freeOne),
        gate: atMost(3),
      },
      {
        what: `${MANY_NODES} nodes, saturated, in costs of 1 node`,
        unit: "",
        value: median(taken.busyMany) / median(taken.busyOne),
        gate: atMost(3),
      },
    ],
  };
}

function microsecondsPer(times: number, work: () => void): number {
  const startMs = performance.now();
  for (let i = 0; i < times; i += 1) work();
  return ((performance.now() - startMs) * 1_000) / times;
}

const nodes = (count: number): PoolNode[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `n${i}`,
    cpuIds: Array.from({ length: CPUS_PER_NODE }, (_, id) => id),
    memoryMb: 32_000,
  }));

const ONE_CPU = { cpus: 1 };

/** Leases in the order in which they were granted. */
class Leases implements Waiter {
  #held: Lease[] = [];
  #oldest = 0;

  granted(lease: Lease): void {
    this.#held.push(lease);
  }

  refused(error: Error): void {
    throw error;
  }

  releaseOldest(): void {
    const lease = this.#held[this.#oldest];
    this.#oldest += 1;
    if (this.#oldest === 4_096) {
      this.#held = this.#held.slice(this.#oldest);
      this.#oldest = 0;
    }
    lease?.release();
  }
}

/** Half of one node's CPUs are leased, whatever the number of nodes: what differs is only how many more there are. */
class FreePool {
  readonly #core: PoolCore;
  readonly #leases = new Leases();

  constructor(count: number) {
    this.#core = new PoolCore({ nodes: nodes(count) });
    for (let i = 0; i < CPUS_PER_NODE / 2; i += 1) this.#core.enqueue(ONE_CPU, this.#leases);
  }

  pair(): void {
    this.#core.enqueue(ONE_CPU, this.#leases);
    this.#leases.releaseOldest();
  }
}

/** Every CPU is leased and more is asked for: what is released goes to the first who waits. */
class BusyPool {
  readonly #core: PoolCore;
  readonly #leases = new Leases();

  constructor(count: number) {
    this.#core = new PoolCore({ nodes: nodes(count) });
    for (let i = 0; i < count * CPUS_PER_NODE + WAITERS; i += 1) this.#core.enqueue(ONE_CPU, this.#leases);
  }

  pair(): void {
    this.#leases.releaseOldest();
    this.#core.enqueue(ONE_CPU, this.#leases);
  }
}
