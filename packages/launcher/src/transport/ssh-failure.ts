/** What OpenSSH's messages say of why it did not get in (sshconnect.c, sshconnect2.c, packet.c, ssh.c): its exit code is 255 for all of it. */
import { excerpt } from "@hyperion-ts/processes";
import type { TransportFailure, TransportReason } from "./command-session.ts";

/** The reason that ssh printed, with what a person can do where that is known. */
export function sshFailure(stderr: string): TransportFailure {
  const [, reason, , advice] = SAYINGS.find(([saying]) => saying.test(stderr)) ?? UNKNOWN;
  const message =
    stderr === "" ? "ssh ended with code 255 and said nothing (is LogLevel set in its options?)" : excerpt(stderr);
  return { reason, message: advice === undefined ? message : `${message}\n${advice}` };
}

/** A saying, what it means for the connection, why, and what a person can do. */
type Saying = readonly [saying: RegExp, reason: TransportReason, why: string, advice?: string];

const UNKNOWN: Saying = [/^/, "unreachable", "what is not known may pass"];

/** The first that fits counts. Only what is `unreachable` is tried again. */
const SAYINGS: readonly Saying[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|REVOKED HOST KEY/i,
    "host-key",
    "the host shows another key than the one that is known",
  ],
  [/Host key verification failed|No .* host key is known/i, "host-key", "the host's key is not known"],
  [
    /no active jobs on this node|pam_slurm/i,
    "authentication",
    "the site lets only people with a job in",
    "The node does not know of this job yet, or any more. Where ssh is closed, the transport srun gets in.",
  ],
  [
    /account (?:has|is) (?:expired|locked|disabled)|account .{0,40}not available/i,
    "authentication",
    "the account may not be used there",
    "Ask who runs that node for the account.",
  ],
  [
    /password has expired|required to change your password|password change required/i,
    "authentication",
    "the account has to change its password first",
    "Log in by hand (ssh) and change it.",
  ],
  [
    /Too many authentication failures/i,
    "authentication",
    "more keys were shown than the host looks at",
    "The ssh agent holds many keys: name the right one with IdentityFile and set IdentitiesOnly yes.",
  ],
  [
    /Permission denied|No supported authentication methods|Access denied/i,
    "authentication",
    "no key of ours is taken, and sshd does not say why",
    "`ssh -v` tells which keys were shown. The account may be locked or expired on that node, or its home not be there; where ssh between nodes is closed, the transport srun does without it.",
  ],
  [
    /Bad configuration option|Bad owner or permissions|unknown option|keyword .* extra arguments|terminating, \d+ bad configuration options/i,
    "unsupported",
    "ssh does not take its configuration or options",
  ],
  [
    /no matching (?:host key type|key exchange method|cipher|MAC) found/i,
    "unsupported",
    "the two ends have no algorithm in common",
  ],
  [/administratively prohibited/i, "unsupported", "a jump host forbids what is needed"],
];
