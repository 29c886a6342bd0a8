/** What is answered to which request. Nothing here knows HTTP. */
import type { ResultsReport, RunIdentity } from "../told/control-answers.ts";
import type { UsageReport } from "../told/cost-answers.ts";
import type { RunRecord } from "../told/run-record.ts";
import { type ReportContext, runReport } from "../told/run-report.ts";
import { statusText } from "../told/status-text.ts";
import { type ControlAnswer, failure, json } from "./control-answer.ts";
import { HOLD_ROUTE, holdAnswer } from "./hold-answers.ts";
import type { MeasuredNodes, OpenCalls, ServedRun } from "./served-run.ts";

/** All that answers are made of. */
export interface Answering {
  /** Which run it is. */
  readonly identity: RunIdentity;
  /** What has happened in it. */
  readonly record: RunRecord;
  /** What it can be told to do. */
  readonly run: ServedRun;
}

/** A request without its body, which has none. */
export interface ControlRequest {
  readonly method: string;
  /** `http://run/calls?most=3`. */
  readonly url: URL;
  /** Whether a person reads the answer. */
  readonly wantsText: boolean;
}

const MOST_CALLS = 100;
const MAX_ROWS = 10_000;

/** The answer to a request, and what it changes is done. */
export function answerTo(answering: Answering, request: ControlRequest): ControlAnswer {
  const { method, url } = request;
  const route = `${method} ${url.pathname}`;
  const call = /^(?:GET \/calls\/([^/]+)|POST \/calls\/([^/]+)\/cancel)$/u.exec(route);
  if (call !== null) return ofCall(answering, call[1], call[2]);
  if (HOLD_ROUTE.test(route)) return holdAnswer(route, url, answering.run.holds?.());
  const job = /^\/jobs\/([^/]+)(\/.*)$/u.exec(url.pathname);
  if (job !== null) return jobAnswer(answering, request, job);
  switch (route) {
    case "GET /":
      answering.run.tellCounts();
      return request.wantsText ? statusAnswer(answering, url) : json(runReport(answering.record, contextOf(answering)));
    case "GET /run":
      return json(answering.identity);
    case "GET /calls":
      return ofCalls(answering, (calls) => json(calls.list(whole(url, "most", MOST_CALLS))));
    case "GET /slowest":
      return ofCalls(answering, (calls) => json(calls.slowest?.(whole(url, "most", MOST_CALLS)) ?? []));
    case "GET /failures":
      return json(answering.record.failures);
    case "GET /workers":
      return json([...answering.record.workers]);
    case "GET /usage":
      return usageAnswer(answering);
    case "GET /results":
      return json({ database: answering.run.database, maps: answering.run.maps() } satisfies ResultsReport);
    case "GET /events":
      return { kind: "events" };
    case "POST /stop":
      return json(answering.run.stop(url.searchParams.get("jobs") === "1"));
    default:
      return failure(404, "not-found", `There is no ${route}; see @hyperion-ts/control for what there is`);
  }
}

function ofCall(answering: Answering, wanted: string | undefined, cancelled: string | undefined): ControlAnswer {
  const id = decodeURIComponent(wanted ?? cancelled ?? "");
  return ofCalls(answering, (calls) => {
    const found = calls.find(id);
    if (found?.cpus === 0 && cancelled !== undefined)
      return failure(409, "no-cpus", `Call ${id} waits for a value: end the call that computes it (hyperion tasks)`);
    if (found === undefined || (cancelled !== undefined && !calls.cancel(id)))
      return failure(404, "not-found", `No call ${id} is open in run ${answering.identity.id}`);
    return json(found);
  });
}

/** What the head of a Slurm job answers, to what is behind the job's name in the path. */
function jobAnswer(
  { run, identity }: Answering,
  { method, url, wantsText }: ControlRequest,
  path: readonly string[],
): ControlAnswer {
  const [, id = "", behind = ""] = path;
  const isAsked = (method === "GET" || method === "POST") && behind !== "/events" && !behind.startsWith("/jobs/");
  if (!isAsked) return failure(404, "not-found", `There is no ${method} ${behind} of a Slurm job`);
  const answered = run.askJob?.(decodeURIComponent(id), { method, path: `${behind}${url.search}`, wantsText });
  if (answered === undefined)
    return failure(409, "no-link", `Run ${identity.id} has no link to the head of a Slurm job ${id}`);
  return {
    kind: "later",
    answer: answered.then(
      ({ status, isText, body }) => (isText ? { kind: "text", text: body } : json(JSON.parse(body), status)),
      (error: unknown) => failure(502, "no-link", String(error)),
    ),
  };
}

function usageAnswer({ run, record, identity }: Answering): ControlAnswer {
  const measured = run.calls()?.measure?.();
  return measured === undefined
    ? failure(409, "no-workers", `Run ${identity.id} has no workers of its own`)
    : { kind: "later", answer: measured.then((nodes) => json(usageReport(nodes, record))) };
}

function usageReport({ nodes, silent }: MeasuredNodes, record: RunRecord): UsageReport {
  const known = [...record.workers];
  return {
    silent,
    nodes: nodes.map((node) => ({
      ...node,
      workers: node.workers.map((worker) => {
        const report = known.find(({ node: at, pid }) => at === node.node && pid === worker.pid);
        return { id: report?.id ?? null, cpuIds: report?.cpuIds ?? [], ...worker };
      }),
    })),
  };
}

function ofCalls({ run, identity }: Answering, answer: (calls: OpenCalls) => ControlAnswer): ControlAnswer {
  const calls = run.calls();
  return calls === undefined
    ? failure(409, "no-calls", `Run ${identity.id} has no calls that can be listed`)
    : answer(calls);
}

const statusAnswer = (answering: Answering, url: URL): ControlAnswer => ({
  kind: "text",
  text: statusText(answering.record, contextOf(answering), {
    columns: whole(url, "columns", 80),
    rows: whole(url, "rows", 24),
    colour: url.searchParams.get("colour") === "1",
  }),
});

const contextOf = ({ identity }: Answering): ReportContext => ({
  run: identity,
  toldBy: "program",
  lost: false,
  nowMs: Date.now(),
});

/** A number of a query: a whole one, from 1 on; `otherwise` where it is missing, or none. */
function whole({ searchParams }: URL, name: string, otherwise: number): number {
  const number = Number(searchParams.get(name) ?? otherwise);
  return Number.isInteger(number) && number > 0 ? Math.min(number, MAX_ROWS) : otherwise;
}
