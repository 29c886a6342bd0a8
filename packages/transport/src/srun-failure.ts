/** Why there is no step, as srun's own messages say: its exit code is 1 for almost everything. */
import { excerpt } from "@hyperion-ts/processes";
import type { TransportFailure, TransportReason } from "./command-session.ts";

/** The failure that srun printed, with what a person can do where that is known; undefined when what it printed is about the command. */
export function srunFailure(stderr: string): TransportFailure | undefined {
  if (!/^srun: /m.test(stderr)) return undefined;
  const known = FAILURES.find(({ says }) => says.some(([saying]) => saying.test(stderr)));
  if (known === undefined) return undefined;
  const { reason, advice } = known;
  return { reason, message: advice === undefined ? excerpt(stderr) : `${excerpt(stderr)}\n${advice}` };
}

const OTHER_RELEASE =
  "Where this program runs, `srun --version` may be another release than the cluster's (`scontrol --version` on its nodes): use the cluster's own Slurm programs (`command` of the srun transport says where).";

/** What srun prints, and why. */
type Saying = readonly [saying: RegExp, why: string];

interface SrunFailure {
  readonly reason: TransportReason;
  readonly advice?: string;
  readonly says: readonly Saying[];
}

/** The first that fits counts. Only what is `unreachable` is tried again. */
const FAILURES: readonly SrunFailure[] = [
  {
    reason: "unsupported",
    advice: OTHER_RELEASE,
    says: [
      [/Incompatible versions of client and server/i, "an older srun than the controller's"],
      [/Invalid Protocol Version/i, "the same"],
      [/Insane message length/i, "a much older srun than the controller's"],
    ],
  },
  {
    reason: "unsupported",
    says: [
      [/Invalid job id/i, "the job is another cluster's, or long over"],
      [/has expired/i, "the job has ended"],
      [/Invalid node name/i, "not a node of the cluster"],
      [/not in this job/i, "not a node of the job"],
      [/Requested node configuration is not available/i, "not a node of the job, or more than the job has there"],
      [/Invalid generic resource/i, "GPUs that the job does not have on that node"],
      [/Invalid partition/i, "an option of the person's"],
      [/unrecognized option/i, "an option of the person's, or one of ours that this release does not know"],
      [/invalid option/i, "the same of a short one"],
      [/Invalid .* specification/i, "an option's value"],
      [/don't specify both/i, "an option of the person's against one of ours"],
      [/Access\/permission denied/i, "another account's job"],
    ],
  },
  {
    reason: "unreachable",
    advice: OTHER_RELEASE,
    says: [[/Zero Bytes were transmitted/i, "a newer srun than the controller's, or a controller that ends just now"]],
  },
  {
    reason: "unreachable",
    advice: `${OTHER_RELEASE} Or munge does not run on one of the two ends, or their clocks differ.`,
    says: [
      [/Protocol authentication error/i, "the same, or a clock that is wrong"],
      [/Invalid authentication credential/i, "the same, or munge that is not there"],
    ],
  },
  {
    reason: "unreachable",
    says: [
      [/Header lengths are longer than data received/i, "with 26.05 now and then, for no reason"],
      [/Unable to contact slurm/i, "the controller is away"],
      [/Socket timed out/i, "the controller is busy"],
      [/Communication connection failure/i, "the node is away"],
      [/Connection refused/i, "the controller or the node is being restarted"],
      [/Connection reset/i, "the same"],
      [/Connection timed out/i, "the controller or the node is away"],
      [/launch failed/i, "the node did not take the step"],
      [/Requested nodes are busy/i, "another step is in the way"],
      [/temporarily/i, "the controller is in the way"],
      [/Job prolog/i, "the job's nodes are not ready yet"],
      [/still configuring/i, "the same"],
      [/Unable to create step/i, "a reason that is not known here"],
      [/Unable to confirm allocation/i, "the same"],
    ],
  },
];
