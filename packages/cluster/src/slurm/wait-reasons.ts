/**
 * Slurm's reasons why a job waits, in words for the person who waits with it. Slurm has some 220 names for them, more
 * with each release, and some that are whole sentences: families of them are patterns here, and one that is not known is
 * shown as Slurm says it. (squeue(1), "JOB REASON CODES", and Slurm's src/common/job_state_reason.c, 20.11 to 26.05)
 */

/**
 * Whether a wait ends: `by-itself`; `maybe`, which is worth telling; only when a `person` does something; or nobody
 * knows (`unknown`).
 */
export type WaitKind = "by-itself" | "maybe" | "person" | "unknown";

/** What a reason means. */
export interface WaitReason {
  readonly kind: WaitKind;
  /** For a person: why the job waits, and what helps where something does. */
  readonly sentence: string;
}

/**
 * What Slurm's reason for a job that waits means.
 *
 * @param reason as squeue or scontrol print it, such as `Resources` or `ReqNodeNotAvail, UnavailableNodes:n3`
 */
export function waitReason(reason: string): WaitReason {
  // scontrol writes "_" for blanks.
  const text = reason.replaceAll("_", " ").trim();
  const known = REASONS.find(([name]) => (typeof name === "string" ? name === text : name.test(text)));
  if (known === undefined)
    return { kind: "unknown", sentence: `Slurm says "${reason}": unknown whether that ends by itself.` };
  const [, kind, sentence] = known;
  return { kind, sentence };
}

/** The first that fits counts. */
const REASONS: readonly (readonly [name: string | RegExp, kind: Exclude<WaitKind, "unknown">, sentence: string])[] = [
  // Ends by itself.
  [/^(?:None)?$/, "by-itself", "Slurm has not said yet why it waits."],
  ["Resources", "by-itself", "It waits for nodes, CPUs or memory to become free."],
  ["Priority", "by-itself", "Jobs with a higher priority are before it."],
  ["Dependency", "by-itself", "It waits for the jobs that it depends on."],
  ["BeginTime", "by-itself", "Its begin time has not come (after a requeue that is about two minutes)."],
  ["JobArrayTaskLimit", "by-itself", "As many tasks of its array run as may run at a time."],
  ["Licenses", "by-itself", "It waits for a licence to become free."],
  ["Reservation", "by-itself", "It waits for its reservation to begin."],
  ["Cleaning", "by-itself", "What is left of its earlier run is being cleared away."],
  ["Prolog", "by-itself", "Its nodes are being prepared (prolog)."],
  ["SchedDefer", "by-itself", "Slurm looks at it in its next round."],
  ["MpiPortsBusy", "by-itself", "It waits for network ports for MPI to become free."],
  ["BurstBufferResources", "by-itself", "It waits for room in the burst buffer."],
  ["BurstBufferStageIn", "by-itself", "Its data are being copied into the burst buffer."],
  [
    /^(?:MaxPoweredUpNodes|PowerNotAvail|PowerReserved)$/,
    "by-itself",
    "It waits for nodes that have no power now, to save some.",
  ],
  ["FedJobLock", "by-itself", "Clusters of the federation agree on who runs it."],
  ["Constraints", "by-itself", "No nodes with the features that it asks for are free."],
  // May end by itself.
  [
    /^ReqNodeNotAvail/,
    "maybe",
    "Nodes that it needs are not available: they are down, or a maintenance begins before its time limit would be over. A shorter time limit may start earlier.",
  ],
  ["NodeDown", "maybe", "A node that it needs is down."],
  ["FrontEndDown", "maybe", "The front end that would start it is down."],
  ["PartitionDown", "maybe", "Its partition does not start jobs now."],
  ["PartitionInactive", "maybe", "Its partition takes and starts no jobs now."],
  [
    /^Nodes required for job are DOWN, DRAINED/,
    "maybe",
    "Nodes that it needs are down, drained, or kept for jobs of partitions with a higher priority.",
  ],
  ["SystemFailure", "maybe", "Slurm has met a failure of the system: the administrators know more."],
  // Needs a person.
  ["JobHeldUser", "person", "It is held: `scontrol release` lets it go on."],
  ["JobHeldAdmin", "person", "An administrator holds it: only one of them can release it."],
  [
    /^JobHoldMaxRequeue/,
    "person",
    "It is held because it was put back into the queue too often: find out why, then `scontrol release` it.",
  ],
  [/^job requeued in held state/i, "person", "It was put back into the queue, and is held: `scontrol release` it."],
  [
    /^launch failed requeued held/i,
    "person",
    "It could not be started (its prolog failed on a node), and is held: `scontrol release` it, or submit it without that node.",
  ],
  [
    /^user env retrieval failed requeued held/i,
    "person",
    "Its login environment could not be read on the node, and it is held: look at the shell's start files, then `scontrol release` it.",
  ],
  [/\bheld\b/i, "person", "It is held: `scontrol release` lets it go on, if it is yours to release."],
  ["PartitionTimeLimit", "person", "Its time limit is longer than its partition allows: ask for less time."],
  ["PartitionNodeLimit", "person", "It asks for more or fewer nodes than its partition allows."],
  ["PartitionConfig", "person", "Its partition can't give what it asks for: too many nodes or CPUs, or not for you."],
  ["MaxMemPerLimit", "person", "It asks for more memory of a node or CPU than its partition allows."],
  [
    "QOSUsageThreshold",
    "person",
    "Its account has used too much for this QOS: use another QOS, or wait until it decays.",
  ],
  ["BadConstraints", "person", "No nodes can ever be as it asks for: change its features, memory, CPUs or GPUs."],
  [
    "DependencyNeverSatisfied",
    "person",
    "A job that it depends on has not ended as it should: it can never start. Cancel it, or change its dependency.",
  ],
  [/^(?:InvalidAccount|AccountNotAllowed)$/, "person", "Its account does not exist, or may not use this partition."],
  [/^(?:InvalidQOS|QOSNotAllowed)$/, "person", "Its QOS does not exist, or may not be used in this partition."],
  ["AccountingPolicy", "person", "A limit of its account or QOS forbids it."],
  [/^Reservation(?:Deleted|Invalid)$/, "person", "The reservation that it asks for is gone, or was never there."],
  [/^DeadLine$/i, "person", "It can't end before its deadline any more."],
  ["BurstBufferOperation", "person", "Its burst buffer could not be prepared, and it is held."],
  // Limits of accounts and QOS, which say it all by their names.
  [/RunMinutes(?:Limit)?$/, "by-itself", "What runs now has as much time before it as its account or QOS may have."],
  [
    /^(?:Assoc|QOS)Grp(?:\w*Minutes(?:Limit)?|WallLimit)$/,
    "person",
    "The budget of its account or QOS is used up: use another one, or ask for more.",
  ],
  [/WallDurationPerJobLimit$/, "person", "Its time limit is longer than its account or QOS allows: ask for less time."],
  [/PerJob(?:Limit)?$/, "person", "It asks for more than one job may have in its account or QOS."],
  [/PerNode(?:Limit)?$/, "person", "It asks for more of a node than a job may have in its account or QOS."],
  [/^QOSMin/, "person", "It asks for less than its QOS wants of a job."],
  [/^(?:AssociationTimeLimit|QOSTimeLimit)$/, "person", "Its time limit is longer than its account or QOS allows."],
  [/SubmitJob/, "by-itself", "As many jobs are submitted as you, your account or the QOS may have at a time."],
  [/^(?:Assoc|QOS)Grp/, "by-itself", "The running jobs of its account or QOS use all that these may have at a time."],
  [
    /^(?:QOS)?Max\w+PerUser(?:Limit)?$/,
    "by-itself",
    "Your running jobs use all that you may have at a time in its QOS.",
  ],
  [/^(?:QOS)?Max\w+PerAccount(?:Limit)?$/, "by-itself", "Running jobs use all that its account may have at a time."],
  ["AssocMaxJobsLimit", "by-itself", "As many of your jobs run as may run at a time."],
  [/^(?:Association|QOS)(?:Job|Resource)Limit$/, "by-itself", "Running jobs use all that its account or QOS may have."],
];
