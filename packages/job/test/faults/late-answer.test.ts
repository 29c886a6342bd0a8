/** A node that was given up and comes back: what it answers then is the answer of an older attempt. */
import { existsSync, writeFileSync } from "node:fs";
import { PoolCore } from "@hyperion-ts/cpu-pool";
import { type CommandSession, type RunCmd, runCmdLocalAsync, workerLauncherWithRunCmd } from "@hyperion-ts/launcher";
import { type HasResults, openResults } from "@hyperion-ts/results";
import { expect, test } from "vitest";
import { z } from "zod";
import { Dispatcher } from "../../src/dispatch/dispatcher.ts";
import {
  type HasWorkers,
  keyValMap,
  lookupAll,
  memoizeWithMap,
  remoteEval,
  type RunEvent,
  RunEvents,
} from "../../src/index.ts";
import { gated, gateFiles } from "../functions/gated.ts";
import { compileCache, ourProcesses, until, World } from "./world.ts";

const answers = keyValMap("answers", gated.input, z.string());

/** An agent that can't be ended from here, like one on a machine to which the network is cut. */
interface FarAgent {
  readonly run: RunCmd;
  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void;
  /** All that has come from it. */
  received(): Buffer;
}

function farAgent(): FarAgent {
  const chunks: Buffer[] = [];
  let pid = 0;
  return {
    run: async (command) => {
      const session = await runCmdLocalAsync(command);
      ({ pid } = session);
      session.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
      const { description, direct, loggedIn, stdin, stdout, stderr, ended } = session;
      const far: CommandSession = {
        description,
        direct,
        loggedIn,
        stdin,
        stdout,
        stderr,
        ended,
        kill: () => undefined,
        lastErrors: () => session.lastErrors(),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
      return far;
    },
    signal: (signal) => process.kill(pid, signal),
    received: () => Buffer.concat(chunks),
  };
}

test.for([
  { when: "while the next attempt runs", answerLate: "before" },
  { when: "when the call is long done", answerLate: "after" },
] as const)("a late answer of a node that was given up changes nothing, $when", async ({ answerLate }) => {
  await using world = new World();
  await using stack = new AsyncDisposableStack();
  const events = new RunEvents(true);
  const heard: RunEvent[] = [];
  events.subscribe(({ event }) => heard.push(event));
  const far = farAgent();
  const options = { compileCache, times: { heartbeatMs: 300, silenceMs: 3_000, headSilenceMs: Infinity } };
  const [first, second] = [
    await workerLauncherWithRunCmd(world.path, far.run, { ...options, node: "n1" }),
    await workerLauncherWithRunCmd(world.path, runCmdLocalAsync, { ...options, node: "n2" }),
  ];
  stack.use(first);
  stack.use(second);
  // Its launcher waits for its end.
  stack.defer(() => far.signal("SIGKILL"));
  const pool = new PoolCore();
  const dispatcher = stack.adopt(new Dispatcher(pool, events), (dispatcher) => dispatcher.close());
  for (const launcher of [first, second])
    dispatcher.addNode(launcher, { name: launcher.node, cpuIds: [0] }, { pinTo: null, home: false });
  const results = stack.use(await openResults({ path: world.info.database, programId: "late" }));
  const env: HasWorkers & HasResults = {
    taskLauncher: dispatcher,
    taskCpus: 1,
    taskOptions: {},
    signal: new AbortController().signal,
    events,
    results,
  };
  const gates = { n1: gateFiles(world.path, "n1"), n2: gateFiles(world.path, "n2") };
  const lateAnswer = async (): Promise<void> => {
    far.signal("SIGCONT");
    await until(() => far.received().includes("the answer of n1, attempt 1"));
  };

  const call = memoizeWithMap(answers, (key) => remoteEval(gated, key), { dir: world.path })(env);
  await until(() => existsSync(gates.n1.begun));
  far.signal("SIGSTOP");
  writeFileSync(gates.n1.open, "");
  await until(() => existsSync(gates.n2.begun));
  expect(heard.filter(({ type }) => type === "node-lost")).toEqual([
    { type: "node-lost", node: "n1", reason: expect.stringMatching(/nothing was heard from its agent/) },
  ]);
  expect(far.received().includes("the answer of n1")).toBe(false);
  if (answerLate === "before") await lateAnswer();
  writeFileSync(gates.n2.open, "");
  expect(await call).toBe("the answer of n2, attempt 2");
  if (answerLate === "after") await lateAnswer();

  expect(await lookupAll(answers)(env)).toEqual([[{ dir: world.path }, "the answer of n2, attempt 2"]]);
  expect(results.counters).toMatchObject({ inserts: 1, hits: 0 });
  expect(heard.filter(({ type }) => type === "call-ended")).toMatchObject([
    { node: "n1", attempt: 1, outcome: "lost" },
    { node: "n2", attempt: 2, outcome: "done" },
  ]);
  expect(dispatcher.counts()).toMatchObject([
    { name: "gated/gated", waiting: 0, running: 0, done: 1, failed: 0, retried: 1 },
  ]);
  await until(() => pool.snapshot().nodes.every(({ cpus }) => cpus.idle === cpus.total));
  expect(pool.snapshot()).toMatchObject({ waiting: 0, nodes: [{ name: "n2", cpus: { idle: 1, total: 1 } }] });
  await stack.disposeAsync();
  await until(() => ourProcesses().length === 0);
});
