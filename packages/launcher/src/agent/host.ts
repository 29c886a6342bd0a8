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
 * The ids of this machine's CPUs in the order in which Slurm numbers them: by socket and core. Null where that can't be
 * told: where the kernel does not say, or cores have several threads. (Slurm's src/slurmd/common/xcpuinfo.c, "block map")
 */
export function slurmOrder(): number[] | null {
  const ids = parseCpuList(readIfThere("/sys/devices/system/cpu/online"));
  const placeOf = (id: number): number[] => ["physical_package_id", "core_id"].map((name) => Number.parseInt(readIfThere(`/sys/devices/system/cpu/cpu${id}/topology/${name}`), 10));
  const placed = ids.map((id) => ({ id, place: placeOf(id) }));
  const cores = new Set(placed.map(({ place }) => place.join(":")));
  if (ids.length === 0 || cores.size < ids.length || placed.some(({ place }) => place.some(Number.isNaN))) return null;
  return placed.toSorted((a, b) => compareKeys(a.place, b.place)).map(({ id }) => id);
}

/** The CPUs that the first of these cpuset files names which is there (cpuset(7): cpuset.cpus). */
export function cpusetIn(files: readonly string[]): number[] | null {
  const list = files.map(readIfThere).find((text) => text.trim() !== "");
  return list === undefined ? null : parseCpuList(list);
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
