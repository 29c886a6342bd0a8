/** What a worker costs before it has done anything: time, memory, modules. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type LaunchedWorker,
  type NodeLauncher,
  type NodeLauncherConfig,
  openNodeLauncher,
} from "@hyperion-ts/launcher";
import { figure, type Figure } from "../figure.ts";
import { loadedModules, square } from "../functions.ts";
import { inTurns } from "../in-turns.ts";
import { memoryOf, parentOf } from "../process-figures.ts";
import type { Answer, Effort, Question } from "../question.ts";
import { median } from "../statistics.ts";
import { perSecond } from "../stopwatch.ts";
import { withFolder } from "../workspace.ts";

const SIZES = {
  full: { warmUp: 2, rounds: 12, together: 8, volleys: 3 },
  quick: { warmUp: 0, rounds: 1, together: 2, volleys: 1 },
} as const;

/** The first workers live a while, so that what they put off is done: compiled code is kept for the next ones. */
const LINGER_MS = 1_000;
/** A spare worker is there after so long. */
const SPARE_MS = 500;

/** The question of what a worker costs. */
export const worker: Question = {
  name: "worker",
  group: "local",
  asks: "What does it cost to start a worker, and to have one?",
  answer: (effort) => withFolder((dir) => answer(dir, effort)),
};

async function answer(dir: string, effort: Effort): Promise<Answer> {
  const { warmUp, rounds, together, volleys } = SIZES[effort];
  const logDir = join(dir, "logs");
  const cached = { logDir, compileCache: join(dir, "compile-cache") };
  await using replacing = await openNodeLauncher(cached, { type: "LocalHost" });
  const starts = { plain: new Starts(), caching: new Starts(), sparing: new Starts() };
  const measures = {
    plain: () => onNewNode({ logDir }, (launcher) => starts.plain.one(launcher)),
    caching: () => onNewNode(cached, (launcher) => starts.caching.one(launcher)),
    sparing: () => starts.sparing.one(replacing, SPARE_MS),
  };
  await onNewNode(cached, (launcher) => starts.caching.one(launcher, LINGER_MS));
  await inTurns(warmUp, measures);
  // The second one leaves a spare for the third.
  for (let i = 0; i < 2; i++) await starts.sparing.one(replacing, LINGER_MS);
  for (const { readyMs } of Object.values(starts)) readyMs.length = 0;
  const firstMs = await inTurns(rounds, measures);
  const rate = await inTurns(volleys, { caching: () => perSecond(together, () => startAndEnd(replacing, together)) });
  return {
    figures: [
      figure("launch until ready", "ms", starts.plain.readyMs),
      figure("launch until ready, compile cache", "ms", starts.caching.readyMs),
      figure("launch until ready, a spare worker", "ms", starts.sparing.readyMs),
      figure("launch until the first result", "ms", firstMs.plain),
      figure("launch until the first result, compile cache", "ms", firstMs.caching),
      figure("launch until the first result, a spare worker", "ms", firstMs.sparing),
      figure(`workers started and ended, ${together} together, compile cache`, "1/s", rate.caching),
      ...(await possessions(replacing)),
    ],
    findings: [
      {
        what: "the first result with the compile cache, as a part of without",
        unit: "",
        value: median(firstMs.caching) / median(firstMs.plain),
        gate: null,
      },
    ],
  };
}

/** Workers that are started, called once and ended, one at a time. */
class Starts {
  readonly readyMs: number[] = [];

  /** How long it takes until the first result is there, in milliseconds. */
  async one(launcher: NodeLauncher, lingerMs = 0): Promise<number> {
    const startMs = performance.now();
    await using worker = await launcher.launch({});
    this.readyMs.push(performance.now() - startMs);
    await worker.call(square, 2);
    const firstMs = performance.now() - startMs;
    await sleep(lingerMs);
    return firstMs;
  }
}

/** The first worker of a node is never made of a spare. */
async function onNewNode<A>(config: NodeLauncherConfig, use: (launcher: NodeLauncher) => Promise<A>): Promise<A> {
  await using launcher = await openNodeLauncher(config, { type: "LocalHost" });
  return await use(launcher);
}

async function startAndEnd(launcher: NodeLauncher, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => launcher.launch({}).then((worker) => worker.stop(0))));
}

/** What a worker that has run one function has, and its agent. */
async function possessions(launcher: NodeLauncher): Promise<Figure[]> {
  await using worker = await launcher.launch({});
  await worker.call(square, 2);
  const ours = memoryOf(worker.pid);
  const agents = memoryOf(parentOf(worker.pid));
  const files = await loadedFiles(worker);
  return [
    figure("a worker's private memory", "MB", [ours.privateMb]),
    figure("a worker's resident memory", "MB", [ours.residentMb]),
    figure("the agent's private memory", "MB", [agents.privateMb]),
    figure("the agent's resident memory", "MB", [agents.residentMb]),
    figure("files that a worker has loaded", "", [files.length]),
    figure("of them from packages of others", "", [files.filter((url) => url.includes("/node_modules/")).length]),
  ];
}

async function loadedFiles(worker: LaunchedWorker): Promise<string[]> {
  const urls = await worker.call(loadedModules, null);
  return urls.filter((url) => !url.startsWith("node:"));
}
