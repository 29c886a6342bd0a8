/**
 * A head that starts agents and workers on many nodes, as each program does at its beginning, and prints what it took as one line
 * of JSON. Its arguments: the name of the nodes' host key, how many nodes, the directory for compiled code.
 */
import { writeFileSync } from "node:fs";
import { type NodePool, openPoolLauncher, RunEvents } from "@hyperion-ts/job";
import { openTransport } from "@hyperion-ts/launcher";
import { allProcesses, argumentsOf } from "@hyperion-ts/processes";
import { square } from "../functions.ts";
import { cpuMsOf, memoryOf } from "../process-figures.ts";
import { median } from "../statistics.ts";
import { CountingTransport } from "./counting-transport.ts";
import { loopbackConfig, loopbackNodes } from "./loopback-nodes.ts";
import type { StartFigures } from "./start-figures.ts";

const [host = "", given = "", compileCache = ""] = process.argv.slice(2);
const count = Number(given);
const configFile = `${process.cwd()}/ssh-config-${count}`;
writeFileSync(configFile, loopbackConfig(count, host));
const transport = new CountingTransport(openTransport({ type: "node-ssh", configFile }, console.error));

const readyMs: number[] = [];
const events = new RunEvents();
events.subscribe(({ event }) => void (event.type === "node-ready" && readyMs.push(sinceStart())));

const memoryBefore = memoryOf(process.pid);
const startMs = performance.now();
await using launcher = await openPoolLauncher(
  {
    logDir: `${process.cwd()}/logs/${process.pid}`,
    compileCache,
    reach: { transport: { type: "custom", transport } },
    events,
    log: console.error,
    shareOf: () => ({ cpus: 1 }),
  },
  loopbackNodes(count).map((hostname) => ({ type: "RemoteAddr", hostname })),
);
const resultsMs = await resultOfEachNode(launcher);
const memory = memoryOf(process.pid);

const figures: StartFigures = {
  firstNodeMs: Math.min(...readyMs),
  allNodesMs: Math.max(...readyMs),
  firstResultMs: Math.min(...resultsMs),
  allResultsMs: Math.max(...resultsMs),
  openMs: median(transport.openMs),
  leftOut: launcher.leftOut.length,
  repeated: transport.attempts - count,
  mostAtOnce: transport.mostAtOnce,
  headCpuMs: cpuMsOf(process.pid) / count,
  agentCpuMs: cpuMsOfAll(/\/agent-main\./) / count,
  workerCpuMs: cpuMsOfAll(/\/worker-main\./) / count,
  sshdCpuMs: cpuMsOfAll(/^sshd: /) / count,
  headMb: memory.residentMb,
  headMbPerNode: (memory.privateMb - memoryBefore.privateMb) / count,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

function sinceStart(): number {
  return performance.now() - startMs;
}

/**
 * Calls a function once on each node, which has one CPU; the times at which the results were there. The first call is alone:
 * here all nodes share a machine, and the workers of all others would start beside its own.
 */
async function resultOfEachNode(nodes: NodePool): Promise<number[]> {
  // A node's worker is held until all nodes had theirs.
  using workers = new DisposableStack();
  const resultMs = async (): Promise<number> => {
    const worker = workers.use(await nodes.withCpus(1).launch({}));
    await worker.call(square, 3);
    return sinceStart();
  };
  const firstMs = await resultMs();
  return [firstMs, ...(await Promise.all(Array.from({ length: count - 1 }, resultMs)))];
}

/** The CPU time of all processes whose command line is such a one, in milliseconds. */
function cpuMsOfAll(command: RegExp): number {
  const times = allProcesses().flatMap(({ pid }) => (command.test(argumentsOf(pid).join(" ")) ? [cpuMsOf(pid)] : []));
  return times.reduce((sum, ms) => sum + ms, 0);
}
