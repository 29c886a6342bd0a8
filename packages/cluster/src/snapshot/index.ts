/** The program in one file, and how a job's head loads it. */
export { loadSnapshot } from "./load-snapshot.ts";
export { definingModules, makeSnapshot, type Snapshot, type SnapshotOptions } from "./make-snapshot.ts";
export { SnapshotError, type SnapshotErrorCode } from "./snapshot-error.ts";
