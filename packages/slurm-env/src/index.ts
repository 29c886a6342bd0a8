/** Slurm's environment, parsed once into an Allocation; hostlists expanded and folded. Pure: no input or output. */
import "./supported-node.ts";
export type { AllocatedNode, Allocation, ArrayTask, HetComponent } from "./allocation.ts";
export { parseCpuCount } from "./cpu-count.ts";
export type { CpuCount } from "./cpu-count.ts";
export { expandHostlist } from "./expand-hostlist.ts";
export { foldHostlist } from "./fold-hostlist.ts";
export type { NodeName } from "./node-name.ts";
export { type JobDetails, type NodeDetails, parseJobDetails } from "./job-details.ts";
export { parseNodeName } from "./node-name.ts";
export { parseThreadsPerCore } from "./node-threads.ts";
export type { EnvironmentNote } from "./notes.ts";
export { parseAllocation } from "./parse-allocation.ts";
export { SlurmEnvError } from "./slurm-env-error.ts";
export type { SlurmEnvErrorCode } from "./slurm-env-error.ts";
export type { SlurmEnvironment } from "./slurm-environment.ts";
export { parseSlurmJobId } from "./slurm-job-id.ts";
export type { SlurmJobId } from "./slurm-job-id.ts";
