/** What a worker is told when it is given its slot. */

/** A folder with two names. (In launcher, folder-names.ts says how nodes choose between them.) */
export interface FolderName {
  /** With all links resolved. */
  readonly physical: string;
  /** As a person has typed it. */
  readonly logical: string;
  /** The number of the folder (or file) in its file system, which is the same on all nodes where the file system is. */
  readonly inode: string;
}

/** Who a worker is, and what its calls have. */
export interface WorkerConfig {
  readonly serviceId: string;
  readonly node: string;
  /** How many CPUs a call has, and which, where ids are known. */
  readonly cpuCount: number;
  readonly cpuIds: readonly number[];
  readonly gpuIds: readonly string[];
  /** Folders that have two names where the head is. */
  readonly folderNames: readonly FolderName[];
}
