/**
 * A program in whatever shape of a job: `shapes-program.ts DIR REQUEST`. It lets calls meet, so that they are known to
 * run at the same time, calls each node by name, and writes what was seen into DIR. REQUEST is a ShapeRequest as JSON.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Job,
  local,
  mapConcurrently,
  programInfo,
  remainingMs,
  remoteEval,
  remoteEvalOnNode,
  runJobSlurm,
  type RunSlurmOptions,
  setTaskGpus,
  setTaskMemory,
} from "@hyperion-ts/job";
import { fillMemory } from "./cgroups-fill.ts";
import { probe, type Sight } from "./shapes-probe.ts";

/** What the program is to do. */
export interface ShapeRequest {
  /** So many calls meet; then twice as many run without meeting. */
  readonly together: number;
  /** What each of these calls asks for. */
  readonly gpus?: number;
  readonly memoryMb?: number;
  /** Then one call on that node takes so much memory. */
  readonly fill?: { readonly node: string; readonly megabytes: number };
  readonly options?: RunSlurmOptions;
}

/** What became of the run. */
export type ShapeOutcome =
  | ({ readonly type: "done" } & ShapeSeen)
  | { readonly type: "failed"; readonly name: string; readonly code: unknown; readonly message: string };

interface ShapeSeen {
  readonly cpusPerNode: readonly (readonly [string, number])[];
  /** null: it won't be ended. */
  readonly remainingMs: number | null;
  readonly sights: readonly Sight[];
  /** What `remoteEvalOnNode` saw, by the node that it was given. */
  readonly onNodes: readonly (readonly [string, Sight])[];
}

const [dir = "", text = ""] = process.argv.slice(2);
const { together, gpus, memoryMb, fill, options }: ShapeRequest = JSON.parse(text);

const group = (name: string, count: number, meet: boolean): Job<Sight[]> =>
  mapConcurrently(
    Array.from({ length: count }, (_, place) => place),
    (place) => {
      const call = remoteEval(probe, { place, meeting: join(dir, "meetings", name), together: meet ? count : 0 });
      const withGpus = gpus === undefined ? call : local(setTaskGpus(gpus), call);
      return memoryMb === undefined ? withGpus : local(setTaskMemory(memoryMb), withGpus);
    },
  );

const look: Job<ShapeSeen> = async (env) => {
  const met = await group("all", together, true)(env);
  const further = await group("further", 2 * together, false)(env);
  const onNodes = mapConcurrently([...env.cpusPerNode.keys()], (node) => async (env) => {
    const sight = await remoteEvalOnNode(node, probe, { place: 0, meeting: join(dir, "meetings", node), together: 0 })(
      env,
    );
    return [node, sight] as const;
  });
  if (fill !== undefined) await remoteEvalOnNode(fill.node, fillMemory, fill.megabytes)(env);
  const left = remainingMs(env);
  return {
    cpusPerNode: [...env.cpusPerNode],
    remainingMs: Number.isFinite(left) ? left : null,
    sights: [...met, ...further],
    onNodes: await onNodes(env),
  };
};

/** Whole, or not there. */
function report(outcome: ShapeOutcome): void {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `outcome-${process.pid}`);
  writeFileSync(`${file}.tmp`, JSON.stringify(outcome));
  renameSync(`${file}.tmp`, `${file}.json`);
}

try {
  report({ type: "done", ...(await runJobSlurm(programInfo(dir), look, { progress: "plain", ...options })) });
} catch (error) {
  if (!(error instanceof Error)) throw error;
  report({ type: "failed", name: error.name, code: "code" in error ? error.code : undefined, message: error.message });
  process.exitCode = 1;
}
