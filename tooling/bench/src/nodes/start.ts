/** How long a program on many nodes takes until it computes: the nodes of a big allocation, as far as one machine can play them. */
import type { SshSession } from "@hyperion-ts/testbed";
import { figure } from "../figure.ts";
import { atMost, type Finding } from "../finding.ts";
import { inTurns } from "../in-turns.ts";
import type { Answer, Effort, Question } from "../question.ts";
import { median } from "../statistics.ts";
import { answerOf, benchCluster } from "./bench-cluster.ts";
import { LOOPBACK_LISTEN } from "./loopback-nodes.ts";
import type { StartFigures } from "./start-figures.ts";

const SIZES = { full: { counts: [1, 4, 16, 64], rounds: 3 }, quick: { counts: [1, 2], rounds: 1 } } as const;

/** More handshakes at once than this, and sshd begins to drop connections (MaxStartups 10:30:100). */
const HANDSHAKES_AT_ONCE = 8;

/** The question of how a start grows with the nodes. */
export const start: Question = {
  name: "start",
  group: "nodes",
  asks: "How does the start of a program grow with its nodes, agents on loopback addresses behind one real sshd?",
  answer,
};

async function answer(effort: Effort): Promise<Answer> {
  const { counts, rounds } = SIZES[effort];
  await using cluster = await benchCluster({
    nodes: [{ name: "n1", cpus: 2, sshd: { ListenAddress: LOOPBACK_LISTEN } }],
  });
  const startOn = (count: number, compileCache: string): Promise<StartFigures> =>
    answerOf(cluster, { node: "n1", program: ["start-main.ts", "n1", String(count), compileCache] });
  const most = counts.at(-1) ?? 1;
  // What the agents of a program's first run find: nothing.
  const cold = await startOn(most, "./cold");
  const starts = new Map<number, StartFigures[]>(counts.map((count) => [count, []]));
  const run = async (count: number): Promise<number> => starts.get(count)?.push(await startOn(count, "./warm")) ?? 0;
  await startOn(1, "./warm");
  await inTurns(rounds, Object.fromEntries(counts.map((count) => [count, () => run(count)])));
  const started = most + 1 + rounds * counts.reduce((sum, count) => sum + count, 0);
  return {
    figures: figuresOf(starts, cold),
    findings: [...findingsOf([...starts]), ...loggedFindings(await cluster.sshSessions("n1"), started)],
  };
}

const figuresOf = (starts: ReadonlyMap<number, readonly StartFigures[]>, cold: StartFigures): Answer["figures"] => [
  ...SHOWN.flatMap(([what, unit, field]) =>
    [...starts].map(([count, runs]) =>
      figure(
        `${what}, ${nodes(count)}`,
        unit,
        runs.map((run) => run[field]),
      ),
    ),
  ),
  figure("all nodes ready, the most nodes, nothing compiled yet", "ms", [cold.allNodesMs]),
];

const SHOWN: readonly (readonly [what: string, unit: string, field: keyof StartFigures])[] = [
  ["the first node ready", "ms", "firstNodeMs"],
  ["all nodes ready", "ms", "allNodesMs"],
  ["the first result", "ms", "firstResultMs"],
  ["a result of each node", "ms", "allResultsMs"],
  ["opening a session", "ms", "openMs"],
  ["CPU time of the head per node", "ms", "headCpuMs"],
  ["CPU time of an agent", "ms", "agentCpuMs"],
  ["CPU time of a worker", "ms", "workerCpuMs"],
  ["CPU time of sshd per node", "ms", "sshdCpuMs"],
  ["resident memory of the head", "MB", "headMb"],
  ["the head's own memory per node", "MB", "headMbPerNode"],
];

const nodes = (count: number): string => (count === 1 ? "1 node" : `${count} nodes`);

function findingsOf(starts: readonly (readonly [number, readonly StartFigures[]])[]): Finding[] {
  const all = starts.flatMap(([, runs]) => runs);
  const [few, fewRuns] = starts.at(0) ?? [1, []];
  const [many, manyRuns] = starts.at(-1) ?? [1, []];
  const perNode = (medianMs(manyRuns, "allNodesMs") - medianMs(fewRuns, "allNodesMs")) / (many - few);
  return [
    { what: "each further node until all are ready", unit: "ms", value: perNode, gate: null },
    {
      what: "sessions that were being opened at once, at most",
      unit: "",
      value: Math.max(...all.map(({ mostAtOnce }) => mostAtOnce)),
      gate: atMost(HANDSHAKES_AT_ONCE),
    },
    {
      what: "nodes that were left out",
      unit: "",
      value: all.reduce((sum, { leftOut }) => sum + leftOut, 0),
      gate: atMost(0),
    },
    {
      what: "attempts that were repeated",
      unit: "",
      value: all.reduce((sum, { repeated }) => sum + repeated, 0),
      gate: atMost(0),
    },
  ];
}

/** What sshd's own log says of all starts. */
function loggedFindings(sessions: readonly SshSession[], nodesStarted: number): Finding[] {
  const count = (outcome: SshSession["outcome"]): number =>
    sessions.filter((session) => session.outcome === outcome).length;
  return [
    {
      what: "sessions that sshd accepted, per node",
      unit: "",
      value: count("accepted") / nodesStarted,
      gate: atMost(1),
    },
    { what: "connections that sshd dropped", unit: "", value: count("dropped"), gate: atMost(0) },
  ];
}

const medianMs = (runs: readonly StartFigures[], field: "allNodesMs"): number => median(runs.map((run) => run[field]));
