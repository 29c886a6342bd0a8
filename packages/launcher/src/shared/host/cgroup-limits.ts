/**
 * What cgroups leave to this process and whatever runs in them: those of a container, of a systemd slice, of a batch
 * system. Limits are nested, and the least one counts. (Linux: admin-guide/cgroup-v1/memory.rst, cgroup-v2.rst)
 */
import { join } from "node:path";
import type { CpuQuota, MemoryLimit } from "@hyperion-ts/wire/frames";
import { readIfThere } from "@hyperion-ts/processes/supervision";
import { type OwnCgroup, ownCgroups } from "./cgroup-mounts.ts";

const MEGABYTE = 1_048_576;
/** Version 1 writes the largest number that fits, rounded to pages, where there is no limit. */
const NO_LIMIT_BYTES = 2 ** 60;

/** The memory that is left by the limit which leaves least; null where there is no limit. Memory that the kernel can take back, such as cached files, counts as left. */
export function memoryLimit(cgroups: readonly OwnCgroup[] = ownCgroups()): MemoryLimit | null {
  const limits = cgroups.flatMap(({ version, folders }) =>
    folders.flatMap((folder) => (version === 2 ? memoryOfVersion2(folder) : memoryOfVersion1(folder))),
  );
  return limits.toSorted((a, b) => a.availableMb - b.availableMb)[0] ?? null;
}

const memoryOfVersion1 = (folder: string): MemoryLimit[] =>
  limitOf(join(folder, "memory.limit_in_bytes"), folder, "total_rss");

/** memory.high counts too: above it processes are not killed, but slowed down until nothing goes on. */
const memoryOfVersion2 = (folder: string): MemoryLimit[] =>
  ["memory.max", "memory.high"].flatMap((name) => limitOf(join(folder, name), folder, "anon"));

function limitOf(file: string, folder: string, used: string): MemoryLimit[] {
  const bytes = Number.parseInt(readIfThere(file), 10);
  if (Number.isNaN(bytes) || bytes >= NO_LIMIT_BYTES) return [];
  const usedBytes = Number(
    new RegExp(`^${used} (\\d+)$`, "m").exec(readIfThere(join(folder, "memory.stat")))?.[1] ?? 0,
  );
  return [
    {
      file,
      limitMb: Math.floor(bytes / MEGABYTE),
      availableMb: Math.max(0, Math.floor((bytes - usedBytes) / MEGABYTE)),
    },
  ];
}

/** How many CPUs' time the cgroups leave; null without a quota. */
export function cpuQuota(cgroups: readonly OwnCgroup[] = ownCgroups()): CpuQuota | null {
  const quotas = cgroups.flatMap(({ version, folders }) =>
    folders.flatMap((folder) => (version === 2 ? quotaOfVersion2(folder) : quotaOfVersion1(folder))),
  );
  return quotas.toSorted((a, b) => a.cpus - b.cpus)[0] ?? null;
}

function quotaOfVersion1(folder: string): CpuQuota[] {
  const file = join(folder, "cpu.cfs_quota_us");
  return quota(file, readIfThere(file), readIfThere(join(folder, "cpu.cfs_period_us")));
}

function quotaOfVersion2(folder: string): CpuQuota[] {
  const file = join(folder, "cpu.max");
  const [quotaUs = "", periodUs = ""] = readIfThere(file).split(" ");
  return quota(file, quotaUs, periodUs);
}

function quota(file: string, quotaUs: string, periodUs: string): CpuQuota[] {
  const cpus = Number.parseInt(quotaUs, 10) / Number.parseInt(periodUs, 10);
  return cpus > 0 && Number.isFinite(cpus) ? [{ file, cpus }] : [];
}
