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
  /** The worker's name, which its log file has, too: `newServiceId`. */
  readonly serviceId: string;
  /** The name of its node. */
  readonly node: string;
  /** How many CPUs a call has, and which, where ids are known. */
  readonly cpuCount: number;
  /** The kernel's ids of those CPUs; empty where they are not known. */
  readonly cpuIds: readonly number[];
  /** The GPUs that its calls may use, as CUDA_VISIBLE_DEVICES names them; empty: none, or not known. */
  readonly gpuIds: readonly string[];
  /** Folders that have two names where the head is. */
  readonly folderNames: readonly FolderName[];
}
