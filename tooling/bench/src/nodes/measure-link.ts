/**
 * What calls over a link cost, beside two echoes on connections of the same kind: a raw one at the connection's other
 * end, where the agent is, and one behind a relay, where the worker is. The first says what the connection itself
 * costs; what lies between the two is the price of an agent between head and worker.
 */
import { type JobEnv, mapConcurrently, mapRemote, remoteEval } from "@hyperion-ts/job";
import { Blocks, timesAsMuch, timesAsMuchWhenQuiet } from "../blocks.ts";
import type { EchoClient } from "../echo/echo-client.ts";
import type { WriteMode } from "../echo/frame-output.ts";
import { pins } from "../echo/relayed-echo.ts";
import { figure } from "../figure.ts";
import { atMost, type Finding } from "../finding.ts";
import { lengthOf, square, zeros } from "../functions.ts";
import { inTurns, type Measure } from "../in-turns.ts";
import type { Answer, Effort } from "../question.ts";
import { median } from "../statistics.ts";
import { perSecond } from "../stopwatch.ts";
import { allWorkerCpus, idleWorkerCpus } from "../worker-cpus.ts";
import { CPUS } from "../workspace.ts";
import type { Link } from "./link.ts";
import { keepApart } from "./keep-apart.ts";
import { openNodeEcho } from "./node-echo.ts";

/** As many calls are with each worker at most: the echoes get the same. */
const WINDOW = 64;
const MB = 1_000_000;

const SIZES = {
  full: { warmUp: 10, blocks: 50, calls: 200, many: 10_000, manyRounds: 10, large: 1, largeRounds: 5 },
  quick: { warmUp: 0, blocks: 2, calls: 10, many: 200, manyRounds: 1, large: 0.1, largeRounds: 1 },
} as const;

type Sizes = (typeof SIZES)[Effort];

interface Echoes extends AsyncDisposable {
  readonly raw: EchoClient;
  readonly relayed: EchoClient;
}

/** Measures a link to the one node of `env`, which has two CPUs. */
export async function measureLink(env: JobEnv, link: Link, effort: Effort): Promise<Answer> {
  const [node] = env.cpusPerNode.keys();
  if (node === undefined) throw new Error("There is no other node");
  const bench = new LinkBench(env, link, node, SIZES[effort]);
  const parts = [await bench.latency(), await bench.latencyApart(), await bench.throughput(), await bench.large()];
  return { figures: parts.flatMap(({ figures }) => figures), findings: parts.flatMap(({ findings }) => findings) };
}

class LinkBench {
  readonly #env: JobEnv;
  readonly #link: Link;
  readonly #node: string;
  readonly #sizes: Sizes;

  constructor(env: JobEnv, link: Link, node: string, ownSizes: Sizes) {
    this.#env = env;
    this.#link = link;
    this.#node = node;
    this.#sizes = ownSizes;
  }

  /** Wherever the system puts the processes. */
  async latency(): Promise<Answer> {
    await using echoes = await this.#echoes("each", [await idleWorkerCpus(this.#env)]);
    const means = await this.#latencies(echoes);
    return {
      figures: [
        figure("one remoteEval, mean of a block", "µs", means.ours),
        figure("one raw echo", "µs", means.raw),
        figure("one relayed echo", "µs", means.relayed),
      ],
      findings: [
        { what: "one remoteEval, in raw echoes", unit: "", value: timesAsMuch(means.ours, means.raw), gate: atMost(2) },
        // No gate: where two processes are alone, the kernel puts both on one CPU now and then, which no call can be.
        {
          what: "the same, in quiet moments",
          unit: "",
          value: timesAsMuchWhenQuiet(means.ours, means.raw),
          gate: null,
        },
        {
          what: "one remoteEval, in relayed echoes",
          unit: "",
          value: timesAsMuch(means.ours, means.relayed),
          gate: atMost(2),
        },
      ],
    };
  }

  /** With the node's processes and this one on CPUs of their own. */
  async latencyApart(): Promise<Answer> {
    const there = await idleWorkerCpus(this.#env);
    await using _apart = await keepApart(this.#env, there);
    await using echoes = await this.#echoes("each", [there], there);
    const means = await this.#latencies(echoes);
    return {
      figures: [
        figure("one remoteEval, the node's CPU apart", "µs", means.ours),
        figure("one raw echo, the node's CPU apart", "µs", means.raw),
        figure("one relayed echo, the node's CPU apart", "µs", means.relayed),
      ],
      findings: [
        {
          what: "one remoteEval, in raw echoes, the node's CPU apart",
          unit: "",
          value: timesAsMuch(means.ours, means.raw),
          gate: atMost(2),
        },
      ],
    };
  }

  async #latencies(echoes: Echoes): Promise<Readonly<Record<"ours" | "raw" | "relayed", readonly number[]>>> {
    const { warmUp, blocks, calls } = this.#sizes;
    const ours = new Blocks(calls, (i) => remoteEval(square, i)(this.#env));
    const raw = new Blocks(calls, () => echoes.raw.roundTrip());
    const relayed = new Blocks(calls, () => echoes.relayed.roundTrip());
    const measures = { ours: () => ours.run(), raw: () => raw.run(), relayed: () => relayed.run() };
    await inTurns(warmUp, measures);
    return await inTurns(blocks, measures);
  }

  async throughput(): Promise<Answer> {
    const { many, manyRounds } = this.#sizes;
    await using echoes = await this.#echoes("joined", await allWorkerCpus(this.#env));
    const inputs = Array.from({ length: many }, (_, i) => i);
    const measures = {
      ours: () => perSecond(many, () => mapConcurrently(inputs, (i) => remoteEval(square, i))(this.#env)),
      batch: () => perSecond(many, () => mapRemote(square, inputs)(this.#env)),
      raw: () => perSecond(many, () => echoes.raw.pipelined(many, CPUS * WINDOW)),
      relayed: () => perSecond(many, () => echoes.relayed.pipelined(many, WINDOW)),
    };
    await inTurns(1, measures);
    const rates = await inTurns(manyRounds, measures);
    return {
      figures: [
        figure(`mapConcurrently, ${many} calls`, "calls/s", rates.ours),
        figure(`mapRemote, ${many} calls`, "calls/s", rates.batch),
        figure(`raw echo, ${many} messages`, "1/s", rates.raw),
        figure(`relayed echo, ${many} messages`, "1/s", rates.relayed),
      ],
      findings: [
        part("mapConcurrently, as a part of the raw echo", rates.ours, rates.raw),
        part("mapConcurrently, as a part of the relayed echo", rates.ours, rates.relayed),
      ],
    };
  }

  async large(): Promise<Answer> {
    const { large, largeRounds } = this.#sizes;
    const megabytes = this.#link.megabytes * large;
    const bytes = megabytes * MB;
    await using echoes = await this.#echoes("each", [await idleWorkerCpus(this.#env)]);
    const array = new Float64Array(bytes / Float64Array.BYTES_PER_ELEMENT).fill(Math.PI);
    const rate =
      (work: () => Promise<unknown>): Measure =>
      () =>
        perSecond(megabytes, work);
    const measures = {
      oursIn: rate(() => remoteEval(lengthOf, array)(this.#env)),
      rawIn: rate(() => echoes.raw.upload(bytes)),
      relayedIn: rate(() => echoes.relayed.upload(bytes)),
      oursOut: rate(() => remoteEval(zeros, array.length)(this.#env)),
      rawOut: rate(() => echoes.raw.download(bytes)),
      relayedOut: rate(() => echoes.relayed.download(bytes)),
    };
    await inTurns(1, measures);
    const rates = await inTurns(largeRounds, measures);
    return {
      figures: [
        figure(`an input of ${megabytes} MB`, "MB/s", rates.oursIn),
        figure(`${megabytes} MB to the raw echo`, "MB/s", rates.rawIn),
        figure(`${megabytes} MB to the relayed echo`, "MB/s", rates.relayedIn),
        figure(`a result of ${megabytes} MB`, "MB/s", rates.oursOut),
        figure(`${megabytes} MB from the raw echo`, "MB/s", rates.rawOut),
        figure(`${megabytes} MB from the relayed echo`, "MB/s", rates.relayedOut),
      ],
      findings: [
        part("large inputs, as a part of the raw stream", rates.oursIn, rates.rawIn),
        part("large inputs, as a part of the relayed stream", rates.oursIn, rates.relayedIn),
        part("large results, as a part of the raw stream", rates.oursOut, rates.rawOut),
        part("large results, as a part of the relayed stream", rates.oursOut, rates.relayedOut),
      ],
    };
  }

  /** A raw echo and a relayed one, on connections of their own. */
  async #echoes(writes: WriteMode, cpuLists: readonly string[], endCpus?: string): Promise<Echoes> {
    await using parts = new AsyncDisposableStack();
    const common = { writes, ...(endCpus === undefined ? {} : { endCpus }) };
    const raw = parts.use(await openNodeEcho(this.#link, this.#node, { ...common, cpuLists: [] }));
    const relayed = parts.use(await openNodeEcho(this.#link, this.#node, { ...common, cpuLists: pins(cpuLists) }));
    const open = parts.move();
    return { raw: raw.client, relayed: relayed.client, [Symbol.asyncDispose]: () => open.disposeAsync() };
  }
}

const part = (what: string, ours: readonly number[], raw: readonly number[]): Finding => ({
  what,
  unit: "",
  value: median(ours) / median(raw),
  gate: null,
});
