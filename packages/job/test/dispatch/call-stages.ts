/** The stages of a call from its launch on, and how one comes there. No process runs. */
import type { TaskOptions } from "../../src/dispatch/task-launcher.ts";
import { type Caller, FakeNodes, type FakeWorker, settled } from "./fake-nodes.ts";

/** A call in one of its stages. */
export interface Scene<Worker = FakeWorker | undefined> {
  readonly nodes: FakeNodes;
  readonly call: Caller;
  /** The worker that has the call, or would have it, where there is one. */
  readonly worker: Worker;
}

/** Brings a call to a stage. */
type Stage<Worker> = (options: TaskOptions) => Promise<Scene<Worker>>;

/** The stages of a call, each with the way there. */
export interface Stages {
  readonly waiting: Stage<FakeWorker>;
  readonly unserved: Stage<undefined>;
  readonly starting: Stage<undefined>;
  readonly held: Stage<FakeWorker>;
  readonly ahead: Stage<FakeWorker>;
  readonly running: Stage<FakeWorker>;
}

/** Brings calls to their stages. */
export const STAGES: Stages = {
  /** In the pool's line. */
  waiting: async (options) => {
    const { nodes, worker } = await FakeNodes.warm();
    nodes.call({}, { functionName: "long" });
    await settled();
    const call = nodes.call(options);
    await settled();
    return { nodes, call, worker };
  },
  /** No node could serve it, and more are expected. */
  unserved: async (options) => {
    const nodes = new FakeNodes();
    void nodes.dispatcher.expect(new Promise(() => undefined));
    return { nodes, call: nodes.call(options), worker: undefined };
  },
  /** Its worker is being started. */
  starting: async (options) => {
    const nodes = new FakeNodes(1);
    return { nodes, call: nodes.call(options), worker: undefined };
  },
  /** Its worker is busy, and its input is large. */
  held: (options) => behind(options, 900_000),
  /** Sent behind another one. */
  ahead: (options) => behind(options, 1),
  running: async (options) => {
    const { nodes, worker } = await FakeNodes.warm();
    const call = nodes.call(options);
    await settled();
    return { nodes, call, worker };
  },
};

/** The name of a stage. */
export type StageName = keyof Stages;

/** A call with the worker that has one before it. */
async function behind(options: TaskOptions, bytes: number): Promise<Scene<FakeWorker>> {
  const { nodes, worker } = await FakeNodes.warm();
  for (let i = 0; i < 2; i += 1) nodes.call();
  const call = nodes.call(options, { bytes });
  await settled();
  worker.answer("the first", 0.01);
  await settled();
  return { nodes, call, worker };
}
