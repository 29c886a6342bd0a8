/** How many CPUs this machine has and in which layout, as hwloc and so slurmd count them. */
import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { parseCpuRanges } from "./cpu-ranges.ts";

/** What a machine has. */
export interface MachineSize {
  /** How many CPUs are online. */
  readonly cpus: number;
  /** null where sockets or cores are of different sizes. */
  readonly layout: {
    /** How many sockets there are. */
    readonly sockets: number;
    /** How many cores each socket has. */
    readonly coresPerSocket: number;
    /** How many threads each core has. */
    readonly threadsPerCore: number;
  } | null;
  /** All of the memory, in megabytes. */
  readonly memoryMb: number;
}

/** From /sys/devices/system/cpu (the kernel's admin-guide/cputopology). */
export function machineSize(): MachineSize {
  const folder = "/sys/devices/system/cpu";
  const read = (path: string): string => readFileSync(`${folder}/${path}`, "utf8").trim();
  const places = parseCpuRanges(read("online")).map((cpu) => ({
    socket: read(`cpu${cpu}/topology/physical_package_id`),
    core: read(`cpu${cpu}/topology/core_id`),
  }));
  return { cpus: places.length, layout: layoutOf(places), memoryMb: Math.floor(totalmem() / 2 ** 20) };
}

/** @param places of each CPU; core numbers count within their socket */
export function layoutOf(places: readonly { readonly socket: string; readonly core: string }[]): MachineSize["layout"] {
  const sockets = new Set(places.map(({ socket }) => socket)).size;
  const cores = new Set(places.map(({ socket, core }) => `${socket}:${core}`)).size;
  const [coresPerSocket, threadsPerCore] = [cores / sockets, places.length / cores];
  return Number.isInteger(coresPerSocket) && Number.isInteger(threadsPerCore)
    ? { sockets, coresPerSocket, threadsPerCore }
    : null;
}
