/** A real Slurm cluster with real ssh on one machine, for tests: made in seconds, broken on purpose, gone without a trace. */
export { testbed } from "./testbed.ts";
export { testbedMissing } from "./testbed-missing.ts";
export type { MissingOptions } from "./testbed-missing.ts";
export { describeOnTestbed } from "./describe-on-testbed.ts";
export type { Describe } from "./describe-on-testbed.ts";
export { TestbedError } from "./testbed-error.ts";
export type { TestbedErrorCode } from "./testbed-error.ts";
export type { AccountingLimits, AccountingOptions, QosSpec } from "./accounting-options.ts";
export { DEFAULT_NODES as defaultNodes } from "./options.ts";
export type {
  CpuSpec,
  NodeSpec,
  PartitionSpec,
  Share,
  SlurmSettings,
  SshdSettings,
  TestbedOptions,
  UserSpec,
} from "./options.ts";
export { RELEASES as releases } from "./release.ts";
export type { Release } from "./release.ts";
export type { Testbed } from "./open-testbed.ts";
export type { ClusterUser, ComputeNode, Host } from "./cluster-plan.ts";
export type { Faults } from "./fault.ts";
export type { SlurmctldFaults, StartSlurmctldOptions } from "./slurmctld-fault.ts";
export type { NodeProcess } from "./node-processes.ts";
export type { ProcessId } from "@hyperion-ts/processes";
export type { AcceptedSession, DroppedAttempt, PendingAttempt, RefusedAttempt, SshSession } from "./ssh-sessions.ts";
export type { RunOptions, SpawnOptions } from "./run-on-node.ts";
export type { CommandResult } from "./system-command.ts";
export type { FinishedJob, NodeState, SbatchOptions, WaitOptions } from "./slurm-client.ts";
export type { JobRecord } from "@hyperion-ts/slurm-env";
