/** Why OpenSSH did not get in, as its messages say (sshconnect.c, sshconnect2.c, packet.c, ssh.c): its exit code is 255 for all of it. */
import { excerpt } from "@hyperion-ts/processes";
import type { TransportFailure, TransportReason } from "./command-session.ts";

/** The reason that ssh printed, with what a person can do where that is known. */
export function sshFailure(stderr: string): TransportFailure {
  const { reason, advice } = FAILURES.find(({ says }) => says.some(([saying]) => saying.test(stderr))) ?? UNKNOWN;
  const message =
    stderr === "" ? "ssh ended with code 255 and said nothing (is LogLevel set in its options?)" : excerpt(stderr);
  return { reason, message: advice === undefined ? message : `${message}\n${advice}` };
}

/** What is printed, and what it means. */
type Saying = readonly [saying: RegExp, why: string];

/** What sayings mean for the connection, and what a person can do. */
interface SshFailure {
  readonly reason: TransportReason;
  readonly advice?: string;
  readonly says: readonly Saying[];
}

/** A failure that is not known may pass. */
const UNKNOWN: SshFailure = { reason: "unreachable", says: [] };

/** The first that fits counts. Only what is `unreachable` is tried again. */
const FAILURES: readonly SshFailure[] = [
  {
    reason: "host-key",
    says: [
      [/REMOTE HOST IDENTIFICATION HAS CHANGED/i, "the host shows another key than the one that is known"],
      [/REVOKED HOST KEY/i, "the host shows a key that is marked as revoked"],
      [/Host key verification failed/i, "the host's key is not known"],
      [/No .* host key is known/i, "the same, of a kind of key"],
    ],
  },
  {
    reason: "authentication",
    advice: "The node does not know of this job yet, or any more. Where ssh is closed, the transport srun gets in.",
    says: [
      [/no active jobs on this node/i, "the site lets only people with a job in"],
      [/pam_slurm/i, "the same, by its name"],
    ],
  },
  {
    reason: "authentication",
    advice: "Ask who runs that node for the account.",
    says: [
      [/account (?:has|is) (?:expired|locked|disabled)/i, "the account may not be used there"],
      [/account .{0,40}not available/i, "the same, said by nologin"],
    ],
  },
  {
    reason: "authentication",
    advice: "Log in by hand (ssh) and change it.",
    says: [
      [/password has expired/i, "the account has to change its password first"],
      [/required to change your password/i, "the same, set by an administrator"],
      [/password change required/i, "the same, said where there is no terminal"],
    ],
  },
  {
    reason: "authentication",
    advice: "The ssh agent holds many keys: name the right one with IdentityFile and set IdentitiesOnly yes.",
    says: [[/Too many authentication failures/i, "more keys were shown than the host looks at"]],
  },
  {
    reason: "authentication",
    advice:
      "`ssh -v` tells which keys were shown. The account may be locked or expired on that node, or its home not be there; where ssh between nodes is closed, the transport srun does without it.",
    says: [
      [/Permission denied/i, "no key of ours is taken, and sshd does not say why"],
      [/No supported authentication methods/i, "the host takes none of the ways that we have"],
      [/Access denied/i, "a module of PAM is against it"],
    ],
  },
  {
    reason: "unsupported",
    says: [
      [/Bad configuration option/i, "ssh does not know an option of its configuration"],
      [/terminating, \d+ bad configuration options/i, "the same of several"],
      [/keyword .* extra arguments/i, "a line of its configuration says too much"],
      [/Bad owner or permissions/i, "others may write its configuration"],
      [/unknown option/i, "an option of the command line"],
      [
        /no matching (?:host key type|key exchange method|cipher|MAC) found/i,
        "the two ends have no algorithm in common",
      ],
      [/administratively prohibited/i, "a jump host forbids what is needed"],
    ],
  },
];
