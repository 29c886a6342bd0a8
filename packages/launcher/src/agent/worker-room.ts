/**
 * How many workers the limits of processes, threads and descriptors leave room for. A start that fails at such a limit
 * fails late (a runtime that gets only some of its threads may hang), and takes with it what calls of other workers
 * need: so the room is counted before.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pidsOfUser, readIfThere, statusNumber } from "@hyperion-ts/processes/supervision";
import { type OwnCgroup, ownCgroups } from "../shared/host/cgroup-mounts.ts";

/** The runtime's own threads: the program's, four for compiling and collecting, one for delayed tasks. */
const RUNTIME_THREADS = 6;
/** Started by the first call that reads files or asks for names; the runtime aborts where they can't be (libuv's UV_THREADPOOL_SIZE). */
const DEFAULT_POOL_THREADS = 4;
/** What an agent has open for each worker: its frames, its log, its permits. */
const FILES_PER_WORKER = 3;
/** What starting a process, and finding out about others, needs for a moment. */
const SPARE_FILES = 8;
const SPARE_THREADS = 2;
/** No agent has so many workers that this limit would matter: finding out who else runs would take long, for nothing. */
const LARGE_LIMIT = 32_768;

/** A limit, and how many workers it leaves room for. */
export interface WorkerRoom {
  /** How many workers there can be, those that run included. */
  readonly workers: number;
  /** The limit in words, such as "the limit of 64 open files of the agent (ulimit -n)". */
  readonly limit: string;
  /** Whether not even one more runtime would get what it begins with: it would hang, or give up. */
  readonly full: boolean;
}

/**
 * How many threads each worker's pool may have: one, where otherwise not every CPU could have a worker; else as many as
 * the environment says, or the runtime makes by itself.
 */
export function poolThreads(cpus: number, env: NodeJS.ProcessEnv = process.env): number {
  const said = Number.parseInt(env["UV_THREADPOOL_SIZE"] ?? "", 10);
  if (said > 0) return said;
  return (workerRoom([], 0, DEFAULT_POOL_THREADS)?.workers ?? cpus) < cpus ? 1 : DEFAULT_POOL_THREADS;
}

/** The least of all limits that hold here. `pids`: the workers that run; `starting`: how many more are being started. Null where nothing limits them. */
export function workerRoom(pids: readonly number[], starting: number, pool: number): WorkerRoom | null {
  const perWorker = RUNTIME_THREADS + pool;
  const own = pids.map(threadsOf).reduce((sum, threads) => sum + threads, starting);
  const rooms = [...threadLimits().map((limit) => threadRoom(limit, own, perWorker)), ...fileRoom(pids.length)];
  return rooms.toSorted((a, b) => a.workers - b.workers)[0] ?? null;
}

/** Whether a worker that does not come up lacks threads which its runtime has asked for, and for which it waits for ever. */
export const lacksThreads = (pid: number): boolean => threadsOf(pid) < RUNTIME_THREADS;

const fit = (left: number, each: number): number => Math.max(0, Math.floor(left / each));

interface ThreadLimit {
  readonly most: number;
  readonly used: () => number;
  readonly limit: string;
}

function threadRoom({ most, used, limit }: ThreadLimit, own: number, perWorker: number): WorkerRoom {
  const all = used();
  return { workers: fit(most - SPARE_THREADS - (all - own), perWorker), limit, full: most - all < RUNTIME_THREADS };
}

const threadLimits = (): readonly ThreadLimit[] => [...ownCgroups().flatMap(pidsLimits), ...userLimit()];

/** Threads count as much as processes. (Linux: admin-guide/cgroup-v1/pids.rst) */
const pidsLimits = ({ folders }: OwnCgroup): readonly ThreadLimit[] =>
  folders.flatMap((folder) => {
    const file = join(folder, "pids.max");
    const most = Number.parseInt(readIfThere(file), 10);
    return Number.isNaN(most)
      ? []
      : [
          {
            most,
            used: () => Number(readIfThere(join(folder, "pids.current"))),
            limit: `the limit of ${most} processes and threads (${file})`,
          },
        ];
  });

/** RLIMIT_NPROC counts all threads of the user, and does not hold for root (getrlimit(2)). */
function userLimit(): readonly ThreadLimit[] {
  const uid = process.getuid?.() ?? 0;
  const most = limitOf("Max processes");
  return uid === 0 || most === undefined || most > LARGE_LIMIT
    ? []
    : [
        {
          most,
          used: () => threadsOfUser(uid),
          limit: `the limit of ${most} processes and threads of this user (ulimit -u)`,
        },
      ];
}

function fileRoom(workers: number): readonly WorkerRoom[] {
  const most = limitOf("Max open files");
  if (most === undefined) return [];
  const all = readdirSync("/proc/self/fd").length;
  const others = all - FILES_PER_WORKER * workers;
  return [
    {
      workers: fit(most - SPARE_FILES - others, FILES_PER_WORKER),
      limit: `the limit of ${most} open files of the agent (ulimit -n)`,
      full: most - all < FILES_PER_WORKER,
    },
  ];
}

/** The soft limit, where there is one (proc_pid_limits(5)). */
function limitOf(name: string): number | undefined {
  const soft = new RegExp(`^${name}\\s+(\\d+)`, "m").exec(readIfThere("/proc/self/limits"))?.[1];
  return soft === undefined ? undefined : Number(soft);
}

const threadsOf = (pid: number): number => statusNumber(pid, "Threads") ?? 0;

const threadsOfUser = (uid: number): number =>
  pidsOfUser(uid)
    .map(threadsOf)
    .reduce((sum, threads) => sum + threads, 0);
