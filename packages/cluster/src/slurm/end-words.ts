/** The ends of a job in words for a person: what happened, and what would help. Pure. */
import { constants } from "node:os";
import type { HowJobEnded, JobEndFacts } from "./job-end-kinds.ts";

/** What the words name. */
export interface EndPlace extends Pick<JobEndFacts, "jobId" | "state" | "nodes" | "outputFile" | "noDirectory"> {
  /** The owner of the job, where that is known. */
  readonly userId: number | undefined;
}

/** A sentence that says what happened, and one that says what would help. */
export type EndWords = Pick<JobEndFacts, "sentence" | "help">;

/** Says how a job ended. */
export function endWords(how: HowJobEnded, place: EndPlace): EndWords {
  const [what, help] = wordsOf(how, place);
  const { noDirectory } = place;
  const sentence = `Slurm job ${place.jobId} ${what}.`;
  if (noDirectory === undefined) return { sentence, help };
  return {
    sentence: `${sentence} It ran in /tmp: its node could not enter the working directory ${noDirectory}.`,
    help: "Make that directory where the job's nodes see it, or choose another one.",
  };
}

type Words = readonly [what: string, help?: string | undefined];

function wordsOf(how: HowJobEnded, place: EndPlace): Words {
  const on = onNodes(place.nodes);
  switch (how.kind) {
    case "completed":
      return ["has run to its end"];
    case "failed":
      return failedWords(how, place);
    case "timed-out":
      return [`came to its time limit${on}`, "Ask for more time, or let it do less: what it has stored stays."];
    case "out-of-memory":
      return [`needed more memory than it had asked for${on}`, "Ask for more memory, such as twice as much."];
    case "node-failed":
      return [
        `lost ${how.failedNodes.length === 1 ? `its node ${how.failedNodes[0]}` : `a node${on}`}`,
        "Submit it again, without that node where it happens twice.",
      ];
    case "preempted":
      return [
        "had to make room for a job with a higher priority",
        "Submit it again: it goes on from what it has stored.",
      ];
    case "cancelled":
      return cancelledWords(how, place);
    case "requeued":
      return [`was put back into the queue, and goes on (${place.state})`];
    case "goes-on":
      return [`has not ended (${place.state})`];
    case "deadline":
      return ["could not end before its deadline any more", "Set a later deadline, or ask for less time."];
    case "boot-failed":
      return [`did not begin: its nodes could not be started${on}`, "Submit it again; the administrators know more."];
    case "revoked":
      return [
        "is run by another cluster of the federation, and nobody here sees how it goes",
        "Choose the cluster yourself, by the variable SLURM_CLUSTERS, and run the program again.",
      ];
    case "output-not-openable":
      return [
        `never began: its node could not open the file of its output, ${place.outputFile ?? "whose path is not known"}`,
        "Make its directory where the job's nodes see it, let this user write there, and look for room and quota.",
      ];
    case "not-placed":
      return ["asks for what no nodes here have", "Ask for less memory, or fewer CPUs, GPUs, nodes or features."];
    case "forgotten":
      return [
        "is not known to Slurm any more, and nobody says how it ended",
        "Slurm forgets jobs some minutes after their end (MinJobAge), and those of another cluster it never knew: its results tell whether it has ended well.",
      ];
    case "unknown":
      return place.state === undefined
        ? ["may go on: Slurm gives no answer"]
        : [`is "${place.state}", says Slurm: unknown whether it has ended`];
    default:
      return how satisfies never;
  }
}

function failedWords({ exitCode, signal }: Extract<HowJobEnded, { kind: "failed" }>, place: EndPlace): Words {
  const on = onNodes(place.nodes);
  // A shell tells the signal that ended its command by its own exit code.
  const killedBy = signal > 0 ? signal : exitCode > 128 ? exitCode - 128 : 0;
  const what =
    signal > 0
      ? `was ended by ${signalName(signal)}${on}`
      : `failed: its script ended with exit code ${exitCode}${killedBy > 0 ? ` (${signalName(killedBy)})` : ""}${on}`;
  if (killedBy === constants.signals.SIGKILL)
    return [what, "Often that is want of memory where nobody says so: ask for more, or look at its output."];
  if (exitCode === 127) return [what, "A command of its script was not found: look at its preamble, modules and PATH."];
  if (exitCode === 126)
    return [what, "A command of its script could not be run: look at its permissions, and for which machines it is."];
  return [what, place.outputFile === undefined ? undefined : `Its output may tell more: ${place.outputFile}`];
}

function cancelledWords(how: Extract<HowJobEnded, { kind: "cancelled" }>, { userId, nodes }: EndPlace): Words {
  const when = how.while === "pending" ? " while it waited in the queue" : ` while it ran${onNodes(nodes)}`;
  switch (how.byUserId) {
    case undefined:
      return [`was cancelled${when}`];
    case userId:
      return [`was cancelled${when}, by its own user`];
    case 0:
      return [`was cancelled${when}, by an administrator or Slurm itself`, "Ask the administrators why."];
    default:
      return [`was cancelled${when}, by the user with number ${how.byUserId}`, "Ask the administrators why."];
  }
}

/** How many nodes are named. */
const MOST_NAMES = 4;

function onNodes(nodes: readonly string[]): string {
  if (nodes.length === 0) return "";
  const more = nodes.length > MOST_NAMES ? `, ... (${nodes.length} nodes)` : "";
  return ` on ${nodes.slice(0, MOST_NAMES).join(", ")}${more}`;
}

const signalName = (signal: number): string =>
  Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? `signal ${signal}`;
