/** What a call sees of where it runs. In a file of its own: workers import it. */
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import { defineRemote } from "@hyperion-ts/job";
import { z } from "zod";

/** A limit for a machine that is busy; nobody waits so long where all come. */
const PATIENCE_MS = 30_000;

const input = z.object({
  /** Its place among the calls of its group. */
  place: z.int(),
  /** A folder where the calls of the group meet: none of them goes on before so many are there. */
  meeting: z.string(),
  together: z.int(),
});

const output = z.object({
  node: z.string(),
  hostname: z.string(),
  /** As the call was told. */
  cpuIds: z.array(z.int()),
  gpuIds: z.array(z.string()),
  /** `Cpus_allowed_list` of proc(5). */
  allowed: z.string(),
  cudaVisibleDevices: z.string().nullable(),
  /** Which of the node's GPU devices the call may open, by the node's numbers: all, where no cgroup keeps it from others'. */
  openGpus: z.array(z.int()),
  /** On the clock that all nodes of a testbed share, in milliseconds. */
  begin: z.number(),
  end: z.number(),
  /** How many of the group were there at its end. */
  met: z.int(),
  heapLimitMb: z.number(),
  directory: z.string(),
  /** A variable that the batch script sets. */
  marker: z.string().nullable(),
  slurmJobId: z.string().nullable(),
  slurmdNodename: z.string().nullable(),
});

/** What one call saw. */
export type Sight = z.infer<typeof output>;

export const probe = defineRemote(import.meta, {
  name: "shapes/probe",
  input,
  output,
  run: async ({ place, meeting, together }, { node, cpus, gpuIds }) => {
    const begin = now();
    mkdirSync(meeting, { recursive: true });
    writeFileSync(join(meeting, `${place}`), "");
    const met = await untilMet(meeting, together);
    // Long enough for one call too many to begin meanwhile.
    await sleep(20);
    return {
      node,
      hostname: fileText("/proc/sys/kernel/hostname"),
      cpuIds: [...cpus.ids],
      gpuIds: [...gpuIds],
      met,
      begin,
      end: now(),
      ...surroundings(),
    };
  },
});

async function untilMet(meeting: string, together: number): Promise<number> {
  const limit = now() + PATIENCE_MS;
  let met = readdirSync(meeting).length;
  while (met < together && now() < limit) {
    await sleep(10);
    met = readdirSync(meeting).length;
  }
  return met;
}

const surroundings = () => ({
  allowed: /^Cpus_allowed_list:\s*(\S+)$/m.exec(fileText("/proc/self/status"))?.[1] ?? "",
  cudaVisibleDevices: process.env["CUDA_VISIBLE_DEVICES"] ?? null,
  openGpus: openGpus(),
  heapLimitMb: getHeapStatistics().heap_size_limit / 2 ** 20,
  directory: process.cwd(),
  marker: process.env["MARKER"] ?? null,
  slurmJobId: process.env["SLURM_JOB_ID"] ?? null,
  slurmdNodename: process.env["SLURMD_NODENAME"] ?? null,
});

/** There is no hardware behind a testbed's GPU: whether opening it is refused is what counts. */
function openGpus(): number[] {
  const folder = "/run/hyperion-testbed/gpu";
  return readdirSync(folder)
    .filter((name) => errorOf(() => closeSync(openSync(join(folder, name), "r"))) !== "EPERM")
    .map(Number)
    .toSorted((a, b) => a - b);
}

function errorOf(act: () => void): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : error;
  }
}

const fileText = (path: string): string => readFileSync(path, "utf8").trim();

const now = (): number => Number(process.hrtime.bigint()) / 1e6;
