/** Every option of every public function, with values that it must refuse: at once, by name, with what is allowed. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  concurrently,
  defineRemote,
  forConcurrently_,
  type HasLauncher,
  keyValMap,
  openPoolLauncher,
  programInfo,
  pure,
  remoteEval,
  replicateConcurrently,
  runJob,
  runJobLocal,
  runJobSlurm,
  setFreshWorkers,
  setTask,
  setTaskAttempts,
  setTaskCpus,
  setTaskGpus,
  setTaskMemory,
  setTaskNode,
  setTaskPriority,
  setTaskTimeLimit,
  streamConcurrently,
} from "../src/index.ts";
import { quiet, World } from "./faults/world.ts";
import { waits } from "./functions.ts";

/** What no number of things can be, and what is no number at all. */
const noCount = { beyond: [0, -1, 1.5, Number.NaN, Infinity], otherType: ["2", null, true, {}, 1n] };
const noAmount = { ...noCount, beyond: [-1, 1.5, Number.NaN, Infinity] };
/** What is no time; without an end only where that makes no sense. */
const noTime = { beyond: [0, -5, Number.NaN, -Infinity], otherType: ["5", null, true, new Date(0)] };
const noFiniteTime = { ...noTime, beyond: [...noTime.beyond, Infinity] };
const noFlag = { beyond: [], otherType: [0, "yes", null] };
const noText = { beyond: ["", "a\0b"], otherType: [0, null, {}] };
const noFunction = { beyond: [], otherType: ["f", null, {}] };
const noSignal = { beyond: [], otherType: ["abort", {}, null, new AbortController()] };
const noList = { beyond: [], otherType: ["a", null, {}] };

interface Wrong {
  readonly beyond: readonly unknown[];
  readonly otherType: readonly unknown[];
}

const launcherOptions: Readonly<Record<string, Wrong>> = {
  connectTimeoutMs: noTime,
  heartbeatMs: noFiniteTime,
  silenceMs: noTime,
  endGraceMs: { ...noFiniteTime, beyond: [-5, Number.NaN, Infinity] },
  headSilenceMs: { ...noTime, otherType: ["5", true] },
  compileCache: noText,
  maxResultBytes: { ...noCount, beyond: [0, -1, 1.5, Number.NaN] },
  jobCgroups: noList,
  nodePath: noText,
  logDir: noText,
  addressOf: noFunction,
  tls: noFlag,
  headPort: { beyond: [], otherType: [80, null] },
  connectAttempts: noCount,
  connectPatienceMs: { ...noTime, beyond: [-5, Number.NaN] },
  connectPauseMs: { ...noFiniteTime, beyond: [-5, Number.NaN, Infinity] },
  throttle: noFunction,
  isPaused: noFunction,
  whenHeadIsLost: noList,
  log: noFunction,
};

const transportOptions: Readonly<Record<string, Readonly<Record<string, Wrong>>>> = {
  "node-ssh": {
    configFile: noText,
    user: noText,
    port: { ...noCount, beyond: [0, -1, 1.5, Number.NaN, 65_536] },
    identityFiles: noList,
    connectTimeoutMs: noTime,
    keepaliveMs: noTime,
    keepaliveCount: noCount,
  },
  ssh: { command: noText, options: noList },
  srun: { command: noText, options: noList, hetGroupOf: noFunction, gresOf: noFunction },
  custom: { transport: { beyond: [], otherType: ["ssh", null] } },
};

const runOptions: Readonly<Record<string, Wrong>> = {
  signal: noSignal,
  progress: { beyond: ["nope", "", "Auto"], otherType: [true, null] },
  handleSignals: noFlag,
  trace: noFlag,
  onEvent: noFunction,
  results: { beyond: [], otherType: [null, "x"] },
  launcher: { beyond: [], otherType: [null, "ssh"] },
};
const localOptions = { ...runOptions, cpus: { ...noCount, beyond: [...noCount.beyond, 65_537] }, inProcess: noFlag };
const slurmOptions = {
  ...runOptions,
  leastNodes: noCount,
  endGraceMs: { ...noFiniteTime, beyond: [-5, Number.NaN, Infinity] },
};

/** What a function threw, or its promise: from callers without types. */
async function refusal(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("It was taken");
}

/** Claims that each wrong value of `option` is refused by name; a text is quoted, so that it is told from a number. */
async function refuses(option: string, wrong: Wrong, call: (value: unknown) => unknown): Promise<void> {
  for (const [kind, values] of [
    ["RangeError", wrong.beyond],
    ["TypeError", wrong.otherType],
  ] as const) {
    for (const value of values) {
      const error = await refusal(() => call(value));
      expect([option, value, error.name, error.message]).toEqual([
        option,
        value,
        kind,
        expect.stringContaining(`${option} must be `),
      ]);
      const shown =
        typeof value === "string" ? JSON.stringify(value) : typeof value === "number" ? `not ${value}` : "not ";
      expect(error.message).toContain(shown);
    }
  }
}

type Run = (info: ReturnType<typeof programInfo>, job: () => Promise<number>, options: object) => Promise<number>;
const runs: readonly (readonly [string, Run, Readonly<Record<string, Wrong>>])[] = [
  ["runJobLocal", runJobLocal, localOptions],
  ["runJobSlurm", runJobSlurm, slurmOptions],
  ["runJob", runJob, { ...localOptions, ...slurmOptions }],
];

describe.each(runs)("%s refuses", (name, run, options) => {
  const info = programInfo("/nowhere/hyperion");
  const notRun = async (): Promise<number> => expect.unreachable();
  const attempt = (given: object): Promise<number> => run(info, notRun, given);

  test("each wrong value of each option, before anything is made", async () => {
    for (const [option, wrong] of Object.entries(options))
      await refuses(`${name}: ${option}`, wrong, (value) => attempt({ [option]: value }));
  });

  test("the same inside of `launcher`, and of each transport", async () => {
    for (const [option, wrong] of Object.entries(launcherOptions))
      await refuses(`${name}: launcher: ${option}`, wrong, (value) => attempt({ launcher: { [option]: value } }));
    for (const [type, ofType] of Object.entries(transportOptions)) {
      for (const [option, wrong] of Object.entries(ofType))
        await refuses(`transport.${option}`, wrong, (value) =>
          attempt({ launcher: { transport: { type, [option]: value } } }),
        );
    }
    await refuses("transport.type", { beyond: ["telnet", ""], otherType: [undefined, 5] }, (type) =>
      attempt({ launcher: { transport: { type } } }),
    );
    expect((await refusal(() => attempt({ launcher: { heartbeatMs: 20_000 } }))).message).toBe(
      `${name}: launcher: silenceMs must be longer than heartbeatMs, which is 20000, not 10000`,
    );
  });

  test("names that there are not, with the nearest one", async () => {
    expect((await refusal(() => attempt({ progres: "none" }))).message).toBe(
      `${name} has no option "progres". Did you mean progress?`,
    );
    expect((await refusal(() => attempt({ launcher: { silentMs: 5 } }))).message).toBe(
      `${name}: launcher has no option "silentMs". Did you mean silenceMs?`,
    );
    expect(
      (await refusal(() => attempt({ launcher: { transport: { type: "ssh", comand: "ssh" } } }))).message,
    ).toContain('has no option "comand". Did you mean command?');
    expect(await refusal(() => attempt({ somethingElse: 1 }))).toBeInstanceOf(TypeError);
  });

  test("what is no program info, no job, and no options", async () => {
    const wrongly: (...given: unknown[]) => Promise<number> = run as never;
    for (const part of ["id", "database", "logDir", "dataDir"])
      await refuses(part, noText, (value) => wrongly({ ...info, [part]: value }, notRun));
    for (const job of [undefined, 5, Promise.resolve(1)])
      expect((await refusal(() => wrongly(info, job))).message).toContain(`${name}: the job must be a function`);
    for (const none of [null, 5, "cpus"])
      expect((await refusal(() => wrongly(info, notRun, none))).message).toBe(
        `${name}: the options must be an object, not ${JSON.stringify(none)}`,
      );
    expect(await refusal(() => wrongly("./out", notRun))).toBeInstanceOf(TypeError);
    expect(existsSync("/nowhere")).toBe(false);
  });
});

/** An environment in which nothing can be called. */
const nowhere: HasLauncher = {
  taskLauncher: { launch: () => Promise.reject(new Error("nowhere")) },
  taskCpus: 1,
  taskOptions: {},
};

describe("what a call may have is refused when it is set", () => {
  const setters: Readonly<Record<string, readonly [string, (value: never) => unknown, Wrong]>> = {
    setTaskCpus: ["cpus", setTaskCpus, noCount],
    setTaskGpus: ["gpus", setTaskGpus, noAmount],
    setTaskMemory: ["memoryMb", setTaskMemory, noAmount],
    setTaskPriority: [
      "priority",
      setTaskPriority,
      { beyond: [Number.NaN, Infinity, -Infinity], otherType: ["1", null] },
    ],
    setTaskNode: ["node", setTaskNode, noText],
    setTaskTimeLimit: ["timeLimitMs", setTaskTimeLimit, { ...noTime, otherType: ["5", true] }],
    setTaskAttempts: ["attempts", setTaskAttempts, noCount],
    setFreshWorkers: ["freshWorker", setFreshWorkers, noFlag],
  };
  test.each(Object.entries(setters))("by %s", async (name, [option, setter, wrong]) => {
    await refuses(`${name}: ${option}`, wrong, (value) => setter(value as never));
  });

  test.each(Object.entries(setters))("by setTask, as by %s", async (_, [option, , wrong]) => {
    await refuses(`setTask: ${option}`, wrong, (value) => setTask({ [option]: value }));
  });

  test("by setTask, where it is mistyped", async () => {
    const misspelt: object = { memory: 1_024 };
    expect((await refusal(() => setTask(misspelt))).message).toBe(
      'setTask has no option "memory". Did you mean memoryMb?',
    );
    expect((await refusal(() => setTask(null as never))).message).toBe(
      "setTask: the options must be an object, not null",
    );
    expect((await refusal(() => setTask({ cpus: 0, priority: Number.NaN }))).message).toBe(
      "setTask: cpus must be a whole number of at least 1, not 0",
    );
  });

  test("and what setTask does not name stays as it is", () => {
    const before = { ...nowhere, taskCpus: 3, taskOptions: { gpus: 1, memoryMb: 5, timeLimitMs: 9 } };
    const misled: object = { cpus: undefined, gpus: undefined };
    expect(setTask({ memoryMb: 6, timeLimitMs: null, ...misled })(before)).toEqual({
      ...before,
      taskOptions: { gpus: 1, memoryMb: 6, timeLimitMs: null },
    });
    expect(setTask({ cpus: 2, node: "n1" })(before)).toEqual({
      ...before,
      taskCpus: 2,
      taskOptions: { ...before.taskOptions, node: "n1" },
    });
  });

  test("and what is allowed is not", () => {
    const allowed = [
      setTaskTimeLimit(null),
      setTaskTimeLimit(Infinity),
      setTaskTimeLimit(2 ** 31),
      setTaskTimeLimit(1.5),
      setTaskMemory(0),
      setTaskGpus(0),
      setTaskPriority(-1.5),
    ];
    expect(allowed).toHaveLength(7);
  });
});

test("a window of a stream, and a number of repetitions, are whole numbers", async () => {
  const noWindow = { ...noCount, beyond: [0, -1, 1.5, Number.NaN] };
  await refuses("streamConcurrently: window", noWindow, (window) =>
    streamConcurrently([1], pure, { window: window as number }),
  );
  await refuses("streamConcurrently: ordered", noFlag, (ordered) =>
    streamConcurrently([1], pure, { ordered: ordered as boolean }),
  );
  await refuses("forConcurrently_: window", noWindow, (window) =>
    forConcurrently_([1], pure, { window: window as number }),
  );
  await refuses("replicateConcurrently: count", noAmount, (count) => replicateConcurrently(count as number, pure(1)));
  const misspelt: object = { widow: 5 };
  expect((await refusal(() => streamConcurrently([1], pure, misspelt))).message).toBe(
    'streamConcurrently has no option "widow". Did you mean window?',
  );
});

test("a pool of nodes refuses what it can't do anything with", async () => {
  const open = (config: object, addr: object): unknown =>
    openPoolLauncher({ logDir: "/nowhere", ...config }, [addr as { type: "LocalHost" }]);
  const here = { type: "LocalHost" };
  for (const [option, wrong] of Object.entries(launcherOptions))
    await refuses(`openPoolLauncher: ${option}`, wrong, (value) => open({ [option]: value }, here));
  await refuses("openPoolLauncher: leastNodes", noCount, (leastNodes) => open({ leastNodes }, here));
  await refuses("type", { beyond: ["Elsewhere"], otherType: [undefined, 5] }, (type) => open({}, { type }));
  await refuses("hostname", noText, (hostname) => open({}, { type: "RemoteAddr", hostname }));
  expect((await refusal(() => open({ leastnodes: 2 }, here))).message).toContain('has no option "leastnodes"');
});

describe("a definition refuses", () => {
  const good = { name: "test/refused", input: z.number(), output: z.number(), run: (x: number) => x };
  const define = (part: object): unknown => defineRemote(import.meta, { ...good, ...part });

  test("what is no schema, at once, and not in the first call", async () => {
    const noSchema = { beyond: [], otherType: [undefined, null, {}, "number", () => true, { "~standard": {} }] };
    await refuses('defineRemote "test/refused": input', noSchema, (input) => define({ input }));
    await refuses('defineRemote "test/refused": output', noSchema, (output) => define({ output }));
    await refuses('keyValMap "m": key', noSchema, (key) => keyValMap("m", key as z.ZodNumber, z.number()));
    await refuses('keyValMap "m": value', noSchema, (value) => keyValMap("m", z.number(), value as z.ZodNumber));
  });

  test("a name that is none, a function that is none, and parts that there are not", async () => {
    await refuses("defineRemote: name", { ...noText, otherType: [undefined, null, 5] }, (name) => define({ name }));
    await refuses('defineRemote "test/refused": run', { beyond: [], otherType: [undefined, null, "x => x"] }, (run) =>
      define({ run }),
    );
    await refuses("keyValMap: name", { beyond: [], otherType: [undefined, null, 5] }, (name) =>
      keyValMap(name as string, z.number(), z.number()),
    );
    await refuses("codec", { beyond: [], otherType: [null, "json"] }, (codec) =>
      keyValMap("m", z.number(), z.number(), { codec: codec as typeof JSON }),
    );
    expect((await refusal(() => define({ timeoutMs: 5 }))).message).toContain('has no option "timeoutMs"');
    expect((await refusal(() => keyValMap("m", z.number(), z.number(), { codek: JSON } as object))).message).toContain(
      "Did you mean codec?",
    );
    expect(
      (await refusal(() => keyValMap("m", z.number(), z.number(), { codec: { encode: String } as never }))).message,
    ).toContain("codec.decode must be a function");
  });
});

test("times of 25 days and more, and without an end, run to the calls' ends", async () => {
  await using world = new World();
  const long = 30 * 86_400_000;
  const options = {
    ...quiet,
    launcher: {
      ...quiet.launcher,
      connectTimeoutMs: 2 ** 31,
      silenceMs: Infinity,
      heartbeatMs: long,
      headSilenceMs: Infinity,
      endGraceMs: 2 ** 31,
      connectPatienceMs: Infinity,
    },
  };
  const values = await runJobLocal(
    world.info,
    async (env) => {
      const limited = [2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, long, Infinity, null].map((ms) => setTaskTimeLimit(ms)(env));
      const calls = limited.map((each) => remoteEval(waits, { ms: 20 })(each));
      const pair = concurrently(remoteEval(waits, { ms: 1 }), remoteEval(waits, { ms: 2 }));
      return [await Promise.all(calls), await pair(env)];
    },
    options,
  );
  expect(values).toEqual([
    [20, 20, 20, 20, 20, 20],
    [1, 2],
  ]);
  expect(existsSync(join(world.path, "results.sqlite"))).toBe(true);
});
