/** `hyperion explain`: why a call waits, what would change it, and how long it may; or why it failed. */
import type { CallReport, WorkerReport } from "@hyperion-ts/control";
import { holdText } from "@hyperion-ts/holds";
import { type CallWaitReason, durationText, printable } from "@hyperion-ts/progress";
import { chosenView } from "../chosen-view.ts";
import type { CommandBody } from "../command-definition.ts";
import { explainedJob } from "../explained-job.ts";
import { findThing, type Thing } from "../find-thing.ts";
import { EXIT_CODES } from "../output/exit-code.ts";

export const explain: CommandBody = async ({ args: [id = ""], options, terminal }) => {
  const thing = await findThing(await chosenView(options), id);
  terminal.stdout.write(
    options.json === true ? `${JSON.stringify(thing)}\n` : `${linesOf(thing).flatMap(printableLines).join("\n")}\n`,
  );
  return EXIT_CODES.done;
};

const printableLines = (text: string): readonly string[] => text.split("\n").map(printable);

function linesOf(thing: Thing): readonly string[] {
  switch (thing.kind) {
    case "call":
      return callLines(thing.call);
    case "failure":
      return [`${thing.failure.id}, ${thing.failure.at}: ${thing.failure.reason}`, thing.failure.message];
    case "worker":
      return workerLines(thing.worker);
    case "job":
      return explainedJob(thing.job);
    case "hold":
      return [holdText(thing.hold), "  until   a person decides, in this run of the program or in a later one"];
    default:
      return thing satisfies never;
  }
}

function callLines(call: CallReport): readonly string[] {
  const { id, functionName, stage, forSeconds, attempt, again, cpus, node, cpuIds, logFile, waiting, input } = call;
  const place = node === null ? "" : ` on ${node}${cpuIds.length === 0 ? "" : ` (CPU ${cpuIds.join(",")})`}`;
  return [
    `call ${id}: ${functionName}, ${stage}${place} for ${durationText(forSeconds)}`,
    ...(waiting === null ? [] : [`  why     ${waiting.text}`, `  until   ${untilText(call)}`]),
    ...(cpus === 0
      ? []
      : [`  asks    ${cpus} CPU${cpus === 1 ? "" : "s"}${attempt === null ? "" : `, attempt ${attempt}`}`]),
    ...(again === undefined ? [] : [`  again   ${again.replaceAll("\n", "\n          ")}`]),
    ...(input === null ? [] : [`  input   ${input}`]),
    ...(logFile === null ? [] : [`  log     ${logFile}`]),
    ...(cpus === 0 ? [] : [`  end it  hyperion cancel ${id}`]),
  ];
}

function untilText({ waiting, stage }: CallReport): string {
  if (waiting?.until !== undefined) return waiting.until;
  if (waiting?.reason !== null && waiting?.reason !== undefined) return UNTIL[waiting.reason.kind];
  return stage === "ending" ? "4 s at most; then its worker is killed" : "the calls before it have ended";
}

/** What would change it, and whether that comes by itself. */
const UNTIL: Readonly<Record<CallWaitReason["kind"], string>> = {
  "no-cpus-free": "calls before it end; no limit. With fewer CPUs for each (setTaskCpus) it would begin sooner",
  "no-gpus-or-memory-free":
    "calls that hold them end; no limit. With less memory or GPUs (setTaskMemory, setTaskGpus) it would begin sooner",
  earmarked: "enough calls on that node have ended: what comes free there is kept for it",
  behind: "the first in line has begun on that node, or others end elsewhere; no limit",
  "nodes-connecting": "a node is there, or all of them are given up; the limits are those of options reach and times",
  "worker-starting": "its process is up, or is given up for another place: within times.connectTimeoutMs (30 s)",
  "module-loading": "the module is imported; no limit: see the worker's log if it takes long",
  "starts-pause": "the pause is over (it doubles with each start that fails, up to 30 s), or CPUs come free elsewhere",
  "node-on-trial":
    "another node has loaded the module, or none can, or calls end on other nodes; no limit: hyperion logs says which module",
  "equal-call":
    "that call has its value, or fails; no limit. If it is given up, the first that waits computes it itself",
  commit: "COMMIT has returned, within a twentieth of a second on a disk that works",
  ending: "the run has ended: run the program again to go on",
};

const workerLines = ({ id, node, pid, cpuIds, logFile }: WorkerReport): readonly string[] => [
  `worker ${id}: process ${pid} on ${node} (CPU ${cpuIds.join(",")})`,
  `  log     ${logFile}`,
];
