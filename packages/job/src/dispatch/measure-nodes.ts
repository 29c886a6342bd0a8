/** What the nodes of a run and their workers use, asked for when a person looks. */
import { after } from "@hyperion-ts/bounds";
import type { MeasuredNode, MeasuredNodes } from "@hyperion-ts/control/serve";
import type { NodeLauncher, NodeMeasure } from "@hyperion-ts/launcher";
import type { LeasedWorker } from "./leased-worker.ts";

/** A node that takes longer to answer is left out. */
const ANSWER_WITHIN_MS = 2_000;

/** Asks all nodes at once; `leased` are the workers that are in use. Never rejects. */
export async function measureNodes(
  nodes: Iterable<{ readonly launcher: NodeLauncher }>,
  leased: Iterable<LeasedWorker>,
): Promise<MeasuredNodes> {
  const asked = Array.from(nodes, ({ launcher }) => launcher);
  const measures = await Promise.all(asked.map((launcher) => inTime(launcher.measure())));
  const atWork = [...leased];
  return {
    nodes: asked.flatMap(({ node }, at) => {
      const measure = measures[at];
      return measure === undefined ? [] : [measuredNode(node, measure, atWork)];
    }),
    silent: asked.flatMap(({ node }, at) => (measures[at] === undefined ? [node] : [])),
  };
}

async function inTime(measured: Promise<NodeMeasure | undefined>): Promise<NodeMeasure | undefined> {
  const late = Promise.withResolvers<undefined>();
  using _timer = after(ANSWER_WITHIN_MS, () => late.resolve(undefined));
  return await Promise.race([measured.catch(() => undefined), late.promise]);
}

const measuredNode = (
  node: string,
  { atMs, busyMs, onlineCpus, memoryMb, freeMemoryMb, workers }: NodeMeasure,
  leased: readonly LeasedWorker[],
): MeasuredNode => ({
  node,
  atSeconds: atMs / 1_000,
  busySeconds: busyMs / 1_000,
  onlineCpus,
  memoryMb,
  freeMemoryMb,
  workers: workers.map(({ pid, cpuMs, memoryMb: residentMb, processes }) => {
    const task = leased.find(({ worker }) => worker?.node === node && worker.pid === pid)?.inFlight.running;
    return {
      pid,
      cpuSeconds: cpuMs / 1_000,
      memoryMb: residentMb,
      processes,
      call: task === undefined ? null : String(task.number),
      functionName: task?.functionName ?? null,
    };
  }),
});
