/**
 * What a program and all its jobs share: locks, and a folder for each object. Every worker loads this with the user's module,
 * and what does the work only where it is used.
 */
import type { HasProgramInfo, HasResults, HasSignal, Job } from "@hyperion-ts/job";
import type { JsonValue } from "@hyperion-ts/results";

/** Where a program and its jobs keep what they share; each is there where it is. */
export interface SharesFolder extends HasProgramInfo {
  /** That folder, as the program has told its job. Absent: `dataDir`; where others may write there, one in the user's home. */
  readonly ownDataDir?: string;
  /** Is told of that, and of long waits. */
  readonly log?: (message: string) => void;
}

/** What `lock` needs; `heldLocks` are there where they are. */
export interface CanLock extends SharesFolder, HasSignal {
  /** The keys that this job has, as canonical JSON. */
  readonly heldLocks?: ReadonlySet<string>;
}

/**
 * Runs `action` while nothing else of the program runs under the same key: in this process, in the program on its login node,
 * and in all of its Slurm jobs. A key is any JSON value; a list is a list of keys, all of which are held, or none (a key that is
 * itself a list is put into one: `lock([[1, 2]], action)`).
 *
 * A lock is a file in `<dataDir>/locks`; where others may write to a folder above, in `~/.local/state/hyperion-ts`, for the program and
 * its jobs alike. It is free again when its action has ended, and when its process, or the Slurm job of
 * that, is gone. Only where nobody can know (a program on another login node died, and was not started again) it stays, and after 30 s the log
 * says who has it and what to do. Who waits looks again after some milliseconds, at most every 2 s; nobody is passed over for
 * long, but there is no order among processes.
 *
 * An action may take locks of other keys inside; where others take the same ones in another order, both wait for ever: take them at once.
 * The same holds for a job that a program calls under a lock, and that takes the same.
 *
 * @throws LockError `held-already` when this job has one of the keys; `lost` when somebody removed the lock's file while the
 *   action ran, whose signal aborts then; what the action throws; the signal's reason when it aborts the wait; NotOursError where
 *   others may write into the folder of locks that is there; TypeError for a key that is no JSON value
 * @example
 * lock({ table: "masses", n: 3 }, async (env) => await fillTable(3)(env))
 */
export const lock =
  <A, R = CanLock>(keys: JsonValue | readonly JsonValue[], action: Job<A, R>): Job<A, R & CanLock> =>
  async (env) => {
    const { runLocked } = await import("./lock/run-locked.ts");
    return await runLocked(keys, action, env);
  };

/**
 * The folder of an object, any JSON value: `<dataDir>/Object_<hash>`, for this user alone (0700); where others may
 * write to a folder above, below `~/.local/state/hyperion-ts`. Equal objects have the same one,
 * in the program and in all of its jobs; it is made where it is missing. Its path is remembered in the map `workDirectories`: a
 * later program that has the rows of this one (a copy of its database, say) finds the folder where it is, as long as it is there.
 *
 * @throws NotOursError where others may write or enter there; ResultsError; TypeError for what is no JSON value
 * @example
 * const dir = await newWorkDir({ method: "bootstrap", n: 12 })(env);
 */
export const newWorkDir =
  (object: JsonValue): Job<string, SharesFolder & HasResults> =>
  async (env) => {
    const { workDirOf } = await import("./work-dir/work-dir-of.ts");
    return await workDirOf(object, env);
  };
