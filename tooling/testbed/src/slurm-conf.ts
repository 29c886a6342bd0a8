/**
 * The text of slurm.conf and gres.conf (their manual pages, Slurm 22.05).
 *
 * The daemons run as root, and without cgroups unless they are asked for: nodes claim more CPUs than the machine has. What has ended stays visible for an hour, also without accounting.
 */
import { accountingSettings, CLUSTER_NAME } from "./accounting-conf.ts";
import { cgroupSettings } from "./cgroup-conf.ts";
import type { ClusterPlan, ComputeNode } from "./cluster-plan.ts";
import type { PartitionSpec, SlurmSettings } from "./options.ts";
import { submitLatencySettings } from "./submit-latency.ts";
import { DAEMON_NAME, logOf, pidFileOf, PLACES } from "./places.ts";

/** The text of slurm.conf. */
export const slurmConf = (plan: ClusterPlan): string =>
  [
    ...settingLines(
      {
        ...SETTINGS,
        ...(plan.cgroups ? cgroupSettings(plan.nodes) : UNCONSTRAINED),
        ...(plan.accounting ? accountingSettings(plan) : {}),
        ...submitLatencySettings(plan.sbatchLatencyMs),
        SlurmctldHost: `${plan.login.name}(${plan.login.address})`,
      },
      plan.slurm,
    ),
    ...plan.nodes.map(nodeLine),
    ...plan.partitions.map(partitionLine),
    "",
  ].join("\n");

/** Which device files stand for a node's GPUs. */
export const gresConf = (plan: ClusterPlan): string =>
  plan.nodes
    .filter(({ gpus }) => gpus > 0)
    .map(({ name, gpus }) => `NodeName=${name} Name=gpu File=${PLACES.gpus}/${gpus === 1 ? "0" : `[0-${gpus - 1}]`}\n`)
    .join("");

const SETTINGS: SlurmSettings = {
  ClusterName: CLUSTER_NAME,
  SlurmUser: "root",
  SlurmdUser: "root",
  AuthType: "auth/munge",
  SelectType: "select/cons_tres",
  ReturnToService: "2",
  // A lost node is seen as down after some 25 s instead of minutes, and a busy machine is not taken for a lost node. With
  // less than 10 s Slurm 24.11 gives nodes up before it has asked them for the first time, and puts their jobs back.
  SlurmdTimeout: "15",
  MessageTimeout: "5",
  TCPTimeout: "2",
  MinJobAge: "3600",
  MailProg: "/bin/true",
  MpiDefault: "none",
  JobAcctGatherType: "jobacct_gather/none",
  SchedulerParameters: "sched_min_interval=0,bf_interval=1",
  GresTypes: "gpu",
  StateSaveLocation: PLACES.slurmState,
  SlurmdSpoolDir: `${PLACES.slurmdSpool}/%n`,
  SlurmctldPidFile: pidFileOf(DAEMON_NAME.slurmctld),
  SlurmdPidFile: pidFileOf(DAEMON_NAME.slurmd("%n")),
  SlurmctldLogFile: logOf(DAEMON_NAME.slurmctld),
  SlurmdLogFile: logOf(DAEMON_NAME.slurmd("%n")),
};

/** Without cgroups. */
const UNCONSTRAINED: SlurmSettings = {
  ProctrackType: "proctrack/linuxproc",
  TaskPlugin: "task/none",
  SelectTypeParameters: "CR_CPU",
  SlurmdParameters: "config_overrides",
};

/** Slurm's keys have no case; one that is there twice is an error to it. */
function settingLines(ours: SlurmSettings, theirs: SlurmSettings): readonly string[] {
  const overridden = new Set(Object.keys(theirs).map((key) => key.toLowerCase()));
  const kept = Object.entries(ours).filter(([key]) => !overridden.has(key.toLowerCase()));
  return [...kept, ...Object.entries(theirs)].map(([key, value]) => `${key}=${value}`);
}

function nodeLine({ name, address, cpus, layout, gpus, memoryMb }: ComputeNode): string {
  const size =
    layout === undefined
      ? `CPUs=${cpus}`
      : `Sockets=${layout.sockets} CoresPerSocket=${layout.coresPerSocket} ThreadsPerCore=${layout.threadsPerCore}`;
  return `NodeName=${name} NodeAddr=${address} ${size} RealMemory=${memoryMb}${gpus > 0 ? ` Gres=gpu:${gpus}` : ""}`;
}

function partitionLine({ name, nodes, timeLimitMinutes, slurm = {} }: PartitionSpec, place: number): string {
  const ours = {
    Nodes: nodes?.join(",") ?? "ALL",
    Default: place === 0 ? "YES" : "NO",
    MaxTime: String(timeLimitMinutes ?? "INFINITE"),
    State: "UP",
  };
  return [`PartitionName=${name}`, ...settingLines(ours, slurm)].join(" ");
}
