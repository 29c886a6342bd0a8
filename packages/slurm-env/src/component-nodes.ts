/**
 * The nodes of one component: of the whole job, unless it is heterogeneous. There each component is
 * described by the variables of the same names with `_HET_GROUP_0`, `_HET_GROUP_1`, ... behind.
 */
import type { AllocatedNode } from "./allocation.ts";
import { expandHostlist } from "./expand-hostlist.ts";
import { readNodeCpus } from "./node-cpus.ts";
import { readRequestedGpus } from "./node-gpus.ts";
import { readMemoryRule } from "./node-memory.ts";
import type { Notes } from "./notes.ts";
import { contradiction } from "./slurm-env-error.ts";
import { readCount, requireText, type SlurmEnvironment } from "./slurm-environment.ts";

/**
 * The nodes that the variables with this suffix describe, in Slurm's order.
 *
 * @throws SlurmEnvError when names or CPUs are missing or wrong; all else is optional
 */
export function readComponentNodes(env: SlurmEnvironment, suffix: string, notes: Notes): readonly AllocatedNode[] {
  const names = readNames(env, suffix);
  notes.unlessOdd(() => checkNodeCount(env, suffix, names.length));
  const gpus = readRequestedGpus(env, suffix, names.length, notes);
  const memoryMb = readMemoryRule(env, suffix, notes);
  return readNodeCpus(env, suffix, names).map(({ name, cpus }, index) => ({
    name,
    cpus,
    gpus: gpus[index],
    memoryMb: memoryMb(cpus, gpus[index]),
  }));
}

function readNames(env: SlurmEnvironment, suffix: string): readonly string[] {
  const variable = `SLURM_JOB_NODELIST${suffix}`;
  const text = requireText(env, variable);
  const names = expandHostlist(text, variable);
  const distinct = new Set(names);
  if (distinct.size !== names.length) throw contradiction({ text, variable }, `it names a node twice`);
  return names;
}

/** The list of names is what counts: their number beside it could only be an older one. */
function checkNodeCount(env: SlurmEnvironment, suffix: string, named: number): void {
  const variable = `SLURM_JOB_NUM_NODES${suffix}`;
  const stated = readCount(env, variable);
  if (stated === undefined || stated === named) return;
  throw contradiction(
    { text: requireText(env, variable), variable },
    `SLURM_JOB_NODELIST${suffix} names ${named} node(s)`,
  );
}
