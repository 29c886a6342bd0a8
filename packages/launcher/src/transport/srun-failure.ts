/** What srun's own messages say of why there is no step: it fails with code 1 for almost everything. */
import { excerpt } from "@hyperion-ts/processes";
import type { TransportFailure, TransportReason } from "./command-session.ts";

/** The reason that srun printed, with what a person can do where that is known; undefined when it tells of the command. */
export function srunFailure(stderr: string): TransportFailure | undefined {
  if (!/^srun: /m.test(stderr)) return undefined;
  const known = SAYINGS.find(([saying]) => saying.test(stderr));
  if (known === undefined) return undefined;
  const [, reason, , advice] = known;
  return { reason, message: advice === undefined ? excerpt(stderr) : `${excerpt(stderr)}\n${advice}` };
}

const OTHER_RELEASE =
  "Where this program runs, `srun --version` may be another release than the cluster's (`scontrol --version` on its nodes): use the cluster's own Slurm programs (`command` of the srun transport says where).";

/** The first that fits counts. Only what is `unreachable` is tried again. */
const SAYINGS: readonly (readonly [saying: RegExp, reason: TransportReason, why: string, advice?: string])[] = [
  [
    /Incompatible versions of client and server|Invalid Protocol Version/i,
    "unsupported",
    "an older srun than the controller's",
    OTHER_RELEASE,
  ],
  [/Insane message length/i, "unsupported", "a much older srun than the controller's", OTHER_RELEASE],
  [/Invalid job id|has expired/i, "unsupported", "the job has ended, or is another cluster's"],
  [/Invalid node name|not in this job/i, "unsupported", "not a node of the job"],
  [
    /Requested node configuration is not available/i,
    "unsupported",
    "not a node of the job, or more than the job has there",
  ],
  [/Invalid generic resource/i, "unsupported", "GPUs that the job does not have on that node"],
  [/Invalid partition/i, "unsupported", "an option of the person's"],
  [
    /unrecognized option|invalid option|Invalid .* specification|don't specify both/i,
    "unsupported",
    "an option of the person's, or one of ours that this release does not know",
  ],
  [/Access\/permission denied/i, "unsupported", "another account's job"],
  [
    /Zero Bytes were transmitted/i,
    "unreachable",
    "a newer srun than the controller's, or a controller that ends just now",
    OTHER_RELEASE,
  ],
  [
    /Protocol authentication error|Invalid authentication credential/i,
    "unreachable",
    "the same, a clock that is wrong, or munge that is not there",
    `${OTHER_RELEASE} Or munge does not run on one of the two ends, or their clocks differ.`,
  ],
  [/Header lengths are longer than data received/i, "unreachable", "with 26.05 now and then, for no reason"],
  [/Unable to contact slurm|Socket timed out/i, "unreachable", "the controller is away or busy"],
  [
    /Communication connection failure|Connection (?:refused|reset|timed out)/i,
    "unreachable",
    "the controller or the node is away",
  ],
  [/launch failed/i, "unreachable", "the node did not take the step"],
  [/Requested nodes are busy|temporarily/i, "unreachable", "another step, or the controller, is in the way"],
  [/Job prolog|still configuring/i, "unreachable", "the job's nodes are not ready yet"],
  [/Unable to (?:create step|confirm allocation)/i, "unreachable", "a reason that is not known here"],
];
