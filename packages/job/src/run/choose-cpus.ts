/**
 * Which CPUs of a node are ours. The kernel says which ids an agent may use; Slurm, or the person, says how many CPUs we
 * have. The two need not agree, and pinning to the wrong ids would be worse than not pinning: they may be a stranger's.
 */
import type { NodeLauncher } from "@hyperion-ts/launcher";
import type { NodeShare } from "./node-share.ts";

/** The CPUs of a node that a run uses. */
export interface ChosenCpus {
  /** As many as we have; real ids only when workers are pinned. */
  readonly cpuIds: readonly number[];
  /** The CPUs that a worker on some of these ids is pinned to; null: workers are not pinned. */
  readonly pinTo: ((cpuIds: readonly number[]) => readonly number[]) | null;
  /** What a person should know about the choice. */
  readonly note: string | null;
}

/** What an agent found out about its machine's CPUs. */
export type HostCpus = Pick<
  NodeLauncher["host"],
  "allowedCpus" | "onlineCpus" | "canPin" | "cores" | "coresAsSlurm" | "cpuset" | "cpuQuota"
>;

/** Compares what the agent may use with the CPUs that are said to be ours (default: all that it may use). */
export function chooseCpus(host: HostCpus, share: NodeShare = {}): ChosenCpus {
  const said = share.cpus ?? host.allowedCpus.length;
  const paid = share.exactly === true ? said : Math.min(said, Math.max(1, Math.ceil(host.cpuQuota?.cpus ?? said)));
  const chosen = paid < said ? withinQuota(host, paid) : compare(host, share, said);
  if (chosen.pinTo === null || host.canPin) return chosen;
  return {
    ...chosen,
    pinTo: null,
    note: `${chosen.note === null ? "" : `${chosen.note}. `}taskset (util-linux) is not there: workers are not pinned`,
  };
}

/** A quota is time on any of the CPUs. */
const withinQuota = ({ allowedCpus, cpuQuota }: HostCpus, count: number): ChosenCpus =>
  unpinned(
    count,
    `a quota allows the time of ${cpuQuota?.cpus} CPUs (${cpuQuota?.file}), so ${count} of ${allowedCpus.length} are used, and workers are not pinned`,
  );

function compare(host: HostCpus, share: NodeShare, count: number): ChosenCpus {
  const allowed = host.allowedCpus.length;
  if (count === allowed) return pinned(host.allowedCpus.map((id) => [id]));
  if (count < allowed) return outOfMore(host, share, count);
  if (allowed < host.onlineCpus) {
    return pinned(
      host.allowedCpus.map((id) => [id]),
      `${count} CPUs were asked for, but only ${allowed} of the ${host.onlineCpus} that are online may be used (a cgroup or taskset limits us): ${allowed} are used`,
    );
  }
  return unpinned(
    count,
    `${count} CPUs were asked for, more than the ${allowed} that are online: workers share them and are not pinned`,
  );
}

/** We may use more CPUs than we are said to have: they have several threads, some are not ours, as after a plain ssh to a node, or a person wants no more. */
function outOfMore(host: HostCpus, share: NodeShare, count: number): ChosenCpus {
  const job = jobCpus(host, share, count);
  if (job === undefined) return unpinned(count, unknownNote(host, share, count));
  const split = units(job, host.cores, count);
  if (split !== undefined) return pinned(split);
  const note = sharedNote(share, count, job.length);
  return job.length < count
    ? unpinned(count, note)
    : {
        ...pinned(
          job.slice(0, count).map((id) => [id]),
          note,
        ),
        pinTo: () => job,
      };
}

/** Nothing is new to a person who wants fewer CPUs than there are, and names none of them. */
const unknownNote = ({ allowedCpus }: HostCpus, { exactly }: NodeShare, count: number): string | null =>
  exactly === true
    ? null
    : `${count} of ${allowedCpus.length} usable CPUs are ours, but not which: workers are not pinned`;

function sharedNote({ exactly }: NodeShare, count: number, ours: number): string | null {
  if (exactly !== true)
    return `Slurm counts ${count} CPUs for us, and the kernel allows ${ours}, which is no whole number of cores for each: workers share them`;
  return count < ours ? null : `${count} CPUs were asked for, more than the ${ours} of this job: workers share them`;
}

/**
 * The CPUs that are certainly the job's: those of its cpuset, where that is known; or those in the places that Slurm names;
 * or all that the kernel allows, where these are as many as Slurm names places (it hands out whole cores).
 */
function jobCpus(host: HostCpus, share: NodeShare, count: number): readonly number[] | undefined {
  const { allowedCpus, onlineCpus, cpuset } = host;
  const places = share.cpuPlaces?.length;
  // A cpuset of the whole machine may be that of a site which does not bind jobs.
  const bound =
    cpuset !== null && (cpuset.length < onlineCpus || [count, places].includes(cpuset.length)) ? cpuset : [];
  const whole = places === allowedCpus.length ? allowedCpus : [];
  const job = [bound, cpusInPlaces(host, share, count), whole].find((ids) => ids.length > 0);
  const allowed = new Set(allowedCpus);
  return job?.every((id) => allowed.has(id)) === true ? job : undefined;
}

/**
 * From Slurm's places to the kernel's ids. Places are those of threads where Slurm was told of as many for each core as
 * there are; and, where it is not known what Slurm was told, if it names all threads of as many cores as we have CPUs.
 */
function cpusInPlaces(
  { cores, coresAsSlurm }: HostCpus,
  { cpuPlaces = [], slurmThreads }: NodeShare,
  count: number,
): readonly number[] {
  const threads = cores[0]?.length ?? 0;
  const known = slurmThreads === undefined ? cpuPlaces.length === count * threads : slurmThreads === threads;
  const ids = cores.flat();
  const found = coresAsSlurm && known ? cpuPlaces.flatMap((place) => ids[place] ?? []) : [];
  return found.length === cpuPlaces.length ? found : [];
}

/** One CPU for each of `count`, or one core; undefined where these CPUs can't be split so. */
function units(ids: readonly number[], cores: HostCpus["cores"], count: number): (readonly number[])[] | undefined {
  if (ids.length === count) return ids.map((id) => [id]);
  const set = new Set(ids);
  const ours = cores.map((core) => core.filter((id) => set.has(id))).filter((core) => core.length > 0);
  return ours.length === count && ours.flat().length === ids.length ? ours : undefined;
}

/** A worker has all CPUs of its units; the first of each is its name in the pool. */
function pinned(cpus: readonly (readonly number[])[], note: string | null = null): ChosenCpus {
  const byName = new Map(cpus.map((unit) => [Math.min(...unit), unit]));
  return {
    cpuIds: [...byName.keys()].toSorted((a, b) => a - b),
    pinTo: (names) => names.flatMap((name) => byName.get(name) ?? []),
    note,
  };
}

const unpinned = (count: number, note: string | null): ChosenCpus => ({
  cpuIds: Array.from({ length: count }, (_, i) => i),
  pinTo: null,
  note,
});
