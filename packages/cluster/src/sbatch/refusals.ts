/**
 * What sbatch says when it does not submit, and what follows from it: the messages of Slurm 20.11 to 26.05
 * (src/common/slurm_errno.c; sbatch's own in src/sbatch). The first entry whose words occur decides. Data.
 */

/** What to do about a refusal. */
export type RefusalKind =
  /** It ends by itself: try again, with growing pauses. */
  | "again"
  /** A limit on this person's jobs in the queue: try again when one of them has ended. */
  | "own-limit"
  /** The same again would be refused the same: a person has to change something. */
  | "final"
  /** The job may have been taken: look for it before anything else is tried. */
  | "unsure";

/** One message, or a few that mean the same. */
export interface Refusal {
  readonly words: RegExp;
  readonly kind: RefusalKind;
  /** For the person: what it means, or what to do. A sentence without its full stop. */
  readonly meaning: string;
}

/** Slurm's names of limits on submitted jobs; sbatch prints them on a line of their own before its last one. */
export const SUBMIT_LIMITS =
  /^(?:AssocMaxSubmitJobLimit|AssocGrpSubmitJobsLimit|QOSMaxSubmitJobPerUserLimit|QOSMaxSubmitJobPerAccountLimit|QOSGrpSubmitJobsLimit|MaxSubmitJobsPerAccount)$/;

/** The message under which Slurm has a limit of an account or a QOS; which one, an earlier line says. */
export const LIMIT_MESSAGE = /violates accounting\/QOS policy/;

const LOST = "the answer of Slurm's controller was lost, and it may have taken the job";
const BUSY = "Slurm's controller takes no more jobs for the moment";
const MAINTENANCE = "the site takes no jobs for the moment, for maintenance perhaps";
const AUTHENTICATION = "authentication (munge) or the clock of this machine or the controller's is out of order";

type Meanings = readonly (readonly [words: RegExp, meaning: string])[];

const UNSURE: Meanings = [
  [/Socket timed out/, LOST],
  [/Unable to contact slurm controller/, "Slurm's controller can't be reached"],
  [/Zero Bytes were transmitted or received/, LOST],
  [/Connection (?:timed out|refused|reset)|Broken pipe/i, LOST],
  [/Communication (?:connection|shutdown) failure|Message (?:send|receive) failure/, LOST],
];

const AGAIN: Meanings = [
  [/temporarily unable to accept job/, BUSY],
  [/Resource temporarily unavailable/, BUSY],
  [/MaxJobCount limit reached/, "the queue of all people's jobs is full"],
  [/job queue full/, "the queue of all people's jobs is full"],
  [/Unable to create job record/, BUSY],
  [/Requested nodes are busy/, "all nodes of this kind are in use"],
  [/controller in standby mode|Controller is in standby mode/, "Slurm's controllers change places"],
  [/Rate limit exceeded/, "too many commands of yours ask Slurm's controller at the moment"],
  [/I\/O error writing script\/environment/, "the disk of Slurm's controller is full or out of order"],
  [/System submissions disabled/, MAINTENANCE],
  [/Job creation temporarily disabled/, MAINTENANCE],
  [/Requested partition configuration not available now/, "the partition does not give that at the moment"],
  [/Required node not available/, "nodes that the job needs are down, drained or reserved"],
  [/Required partition not available/, "the partition is inactive or being drained"],
  [/Requested reservation (?:is in use|not usable now)/, "the reservation can't be used at the moment"],
  [/Licenses currently unavailable/, "all licences are in use"],
  [/Protocol authentication error/, AUTHENTICATION],
  [/Invalid authentication credential|Authentication (?:failure|credential)/, AUTHENTICATION],
  [/Unable to connect to database/, "Slurm's accounting database is away"],
];

const FINAL: Meanings = [
  [
    /Invalid account or account\/partition/,
    "the account is not known, or not for this partition: `sacctmgr show assoc user=$USER` lists yours",
  ],
  [
    /Invalid qos/,
    "this QOS is not known, or not yours: `sacctmgr show assoc user=$USER format=account,qos` lists yours",
  ],
  [/Invalid partition name/, "there is no such partition: `sinfo --summarize` lists them"],
  [/Invalid wckey/, "the workload characterization key is not known"],
  [/Invalid (?:preferred )?feature/, "no node has this feature: `sinfo --format='%N %f'` lists them"],
  [
    /Invalid generic resource|Invalid GRES|gres\b.*specification/i,
    "there is no such generic resource: `sinfo --format='%N %G'` lists them",
  ],
  [/Invalid Trackable RESource|Invalid TRES/, "there is no such resource"],
  [
    /reservation is invalid|Access denied to requested reservation/,
    "there is no such reservation, or it is not yours: `scontrol show reservation` lists them",
  ],
  [
    /Invalid node (?:name|list)|nodes not in this partition/,
    "a node that the job names is not there, or not in its partition",
  ],
  [/Invalid license/, "there is no such licence, or not so many: `scontrol show licenses` lists them"],
  [
    /Job dependency problem|Invalid --dependency/i,
    "the dependency is not written as sbatch wants it, or names a job that Slurm does not know",
  ],
  [/Invalid job array/, "a job of ours is no array"],
  [
    /time limit is invalid|Invalid --time|Invalid time specification/,
    "the time is more than the partition allows: `scontrol show partition` shows MaxTime",
  ],
  [/Time limit specification required/, "the site wants a time limit to be given"],
  [
    /Requested node configuration is not available/,
    "no node of the partition has so many CPUs, so much memory, or such GPUs and features",
  ],
  [/Requested topology configuration is not available/, "the nodes can't be had in this arrangement"],
  [
    /Memory specification can not be satisfied|Invalid (?:--)?mem|Memory required by task/,
    "no node of the partition gives so much memory",
  ],
  [/More processors requested than permitted|Requested more tasks/, "the job asks for more CPUs than it may have"],
  [/Node count specification invalid|Invalid node count/, "the partition does not give so many nodes, or so few"],
  [/group not permitted to use this partition/, "this partition is for other groups"],
  [/Access\/permission denied/, "the site does not allow this"],
  [/Only batch jobs|Requested operation (?:is presently disabled|not supported)/, "the site does not allow this"],
  [/parameter too long/, "a path or another value is longer than Slurm takes"],
  [/without the current working directory/, "the working directory is gone: start the program in another one"],
  [
    /Incompatible versions of client and server/,
    "the sbatch here is of another release than Slurm's controller: load the site's module of Slurm",
  ],
  [/Invalid user id|Invalid account\b|User (?:does not|not found)/i, "Slurm does not know you on this cluster"],
  [/Requested account has breached/, "the account has used more than its QOS allows"],
  [
    /No cluster|Invalid cluster name|Can't get cluster|unable to (?:find|resolve) cluster/i,
    "there is no such cluster: look at SLURM_CLUSTERS and SBATCH_CLUSTERS",
  ],
  [
    /Batch script|does not look like a batch script|script is (?:too large|too big)/i,
    "Slurm does not take this script",
  ],
  [
    /Invalid .*(?:specification|argument|value)|Must specify|mutually exclusive/i,
    "an option is not as sbatch wants it",
  ],
  [
    /unrecognized option|invalid option|requires an argument|ambiguous|sbatch --help/i,
    "this release of sbatch has no such option",
  ],
  [
    /configuration file|slurm\.conf|configuration source/i,
    "there is no configuration of Slurm here: start the program on a login node, or load the site's module of Slurm",
  ],
];

const of = (kind: RefusalKind, meanings: Meanings): readonly Refusal[] =>
  meanings.map(([words, meaning]) => ({ words, kind, meaning }));

/** In this order. */
export const REFUSALS: readonly Refusal[] = [...of("unsure", UNSURE), ...of("again", AGAIN), ...of("final", FINAL)];
