/** What a node and its workers use, as /proc tells. It looks at every process of the machine, some 20 µs each: only for a person. */
import { cpus, freemem, totalmem } from "node:os";
import { allProcesses, type ProcessEntry, statusNumber } from "@hyperion-ts/processes/supervision";
import type { NodeMeasure, WorkerMeasure } from "@hyperion-ts/wire/frames";

/** Linux's tick of CPU time (proc_pid_stat(5)). */
const TICK_MS = 10;
const MEGABYTE = 2 ** 20;

/** Measures the machine, and the workers with these process ids. */
export function measureNode(workers: readonly number[]): NodeMeasure {
  const times = cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq);
  return {
    atMs: performance.now(),
    busyMs: times.reduce((sum, ms) => sum + ms, 0),
    onlineCpus: times.length,
    memoryMb: Math.round(totalmem() / MEGABYTE),
    freeMemoryMb: Math.round(freemem() / MEGABYTE),
    workers: measureWorkers(workers, allProcesses(), (pid) => statusNumber(pid, "VmRSS") ?? 0),
  };
}

/** What of `processes` belongs to each worker: its session, and all that was started from there. `residentKb` says what a process holds. */
export function measureWorkers(
  workers: readonly number[],
  processes: readonly ProcessEntry[],
  residentKb: (pid: number) => number,
): readonly WorkerMeasure[] {
  const wanted = new Set(workers);
  const byPid = new Map(processes.map((entry) => [entry.pid, entry]));
  const workerOf = ({ pid, session, parent }: ProcessEntry): number | undefined => {
    if (wanted.has(pid)) return pid;
    if (wanted.has(session)) return session;
    const above = byPid.get(parent);
    return above === undefined ? undefined : workerOf(above);
  };
  const families = Map.groupBy(processes, workerOf);
  return workers.flatMap((pid) => {
    const family = families.get(pid);
    if (family === undefined) return [];
    const ticks = family.reduce((sum, { cpuTicks, childTicks }) => sum + cpuTicks + childTicks, 0);
    const kb = family.reduce((sum, member) => sum + residentKb(member.pid), 0);
    return [{ pid, cpuMs: ticks * TICK_MS, memoryMb: Math.round(kb / 1_024), processes: family.length }];
  });
}
