/** What an agent finds out about its machine. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";

/** Expands the kernel's CPU list format, e.g. `0-3,8` (cpuset(7), "List format"). */
export function parseCpuList(list: string): number[] {
  return list
    .trim()
    .split(",")
    .filter((range) => range !== "")
    .flatMap((range) => {
      const [first = Number.NaN, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
}

/** The CPUs that the kernel lets this process use: `Cpus_allowed_list` of proc(5). Elsewhere than on Linux: as many as the runtime counts. */
export function allowedCpus(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readIfThere("/proc/self/status"))?.[1];
  return list === undefined ? Array.from({ length: availableParallelism() }, (_, i) => i) : parseCpuList(list);
}

/** How many CPUs of this machine are online, whoever may use them. */
export function onlineCpus(): number {
  const list = readIfThere("/sys/devices/system/cpu/online");
  return list === "" ? cpus().length : parseCpuList(list).length;
}

/**
 * The ids of this machine's CPUs in the order in which Slurm numbers them: by socket, core and thread. Where the kernel
 * does not tell, in their own order. (Slurm's src/slurmd/common/xcpuinfo.c, "block map")
 */
export function slurmOrder(): number[] {
  const online = parseCpuList(readIfThere("/sys/devices/system/cpu/online"));
  const ids = online.length > 0 ? online : cpus().map((_, i) => i);
  const keyOf = (id: number): readonly number[] => ["physical_package_id", "core_id"].map((name) => Number(readIfThere(`/sys/devices/system/cpu/cpu${id}/topology/${name}`)));
  const keyed = ids.map((id) => ({ id, key: [...keyOf(id), id] }));
  return keyed.toSorted((a, b) => compareKeys(a.key, b.key)).map(({ id }) => id);
}

const compareKeys = (a: readonly number[], b: readonly number[]): number => a.map((value, i) => value - (b[i] ?? 0)).find((difference) => difference !== 0) ?? 0;

/** What of util-linux is there: a worker is pinned by `taskset`, and dies with its agent by `setpriv --pdeathsig`. */
export interface ProcessTools {
  readonly taskset: boolean;
  readonly setpriv: boolean;
}

/** Tries both tools once; old versions of setpriv have no --pdeathsig. */
export function findProcessTools(): ProcessTools {
  const works = (file: string, args: string[]): boolean => spawnSync(file, args, { stdio: "ignore" }).status === 0;
  return { taskset: works("taskset", ["-p", String(process.pid)]), setpriv: works("setpriv", ["--pdeathsig", "KILL", "true"]) };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
