/** What a worker is told when it is given its slot. */
import type { FolderName } from "./folder-names.ts";

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
