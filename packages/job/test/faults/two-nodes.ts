/** This machine as two nodes, for tests of lost ones. */
import { type HasWorkers, openPoolLauncher, type NodePool, type RunEvent, RunEvents } from "../../src/index.ts";
import { compileCache, type World } from "./world.ts";

/** Times at which a silence is noticed soon. */
export const quick = { compileCache, times: { heartbeatMs: 300, silenceMs: 3_000 } };

export interface Nodes extends AsyncDisposable {
  readonly launcher: NodePool;
  readonly env: HasWorkers;
  readonly events: readonly RunEvent[];
}

/** This machine as two nodes of two CPUs each. */
export async function twoNodes(world: World): Promise<Nodes> {
  const events = new RunEvents();
  const heard: RunEvent[] = [];
  events.subscribe(({ event }) => heard.push(event));
  const addrs = (["n1", "n2"] as const).map((hostname) => ({ type: "LocalHost", hostname }) as const);
  const launcher = await openPoolLauncher(
    { logDir: world.path, ...quick, shareOf: () => ({ cpus: 2 }), events },
    addrs,
  );
  const env: HasWorkers = {
    taskLauncher: launcher.dispatcher,
    taskCpus: 1,
    taskOptions: {},
    signal: new AbortController().signal,
    events,
  };
  return { launcher, env, events: heard, [Symbol.asyncDispose]: () => launcher[Symbol.asyncDispose]() };
}
