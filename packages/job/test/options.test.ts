/** Every option of every function that starts something, with values that it must refuse: at once, by name, with what is allowed. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  concurrently,
  openPoolLauncher,
  programInfo,
  remoteEval,
  runJob,
  runJobLocal,
  runJobSlurm,
  setTaskTimeLimit,
} from "../src/index.ts";
import { quiet, World } from "./faults/world.ts";
import { waits } from "./functions.ts";
import {
  NO_COUNT,
  NO_FINITE_TIME,
  NO_FLAG,
  NO_FUNCTION,
  NO_LIST,
  NO_SIGNAL,
  NO_TEXT,
  NO_TIME,
  refusal,
  refuses,
  type Wrong,
} from "./wrong-values.ts";

const TIME_OPTIONS: Readonly<Record<string, Wrong>> = {
  connectTimeoutMs: NO_TIME,
  heartbeatMs: NO_FINITE_TIME,
  silenceMs: NO_TIME,
  headSilenceMs: NO_TIME,
  closeGraceMs: { ...NO_FINITE_TIME, beyond: [-5, Number.NaN, Infinity] },
};

const REACH_OPTIONS: Readonly<Record<string, Wrong>> = {
  tls: NO_FLAG,
  headPort: { beyond: [], otherType: [80, null] },
  addressOf: NO_FUNCTION,
  attempts: NO_COUNT,
  pauseMs: { ...NO_FINITE_TIME, beyond: [-5, Number.NaN, Infinity] },
  patienceMs: { ...NO_TIME, beyond: [-5, Number.NaN] },
};

const GROUP: Wrong = { beyond: [], otherType: [null, "ssh"] };

const LAUNCHER_OPTIONS: Readonly<Record<string, Wrong>> = {
  times: GROUP,
  nodePath: NO_TEXT,
  compileCache: NO_TEXT,
  maxResultBytes: { ...NO_COUNT, beyond: [0, -1, 1.5, Number.NaN] },
};

const NODE_CONFIG: Readonly<Record<string, Wrong>> = {
  ...LAUNCHER_OPTIONS,
  reach: GROUP,
  logDir: NO_TEXT,
  jobCgroups: NO_LIST,
  throttle: NO_FUNCTION,
  isPaused: NO_FUNCTION,
  whenHeadIsLost: NO_LIST,
  log: NO_FUNCTION,
};

const TRANSPORT_OPTIONS: Readonly<Record<string, Readonly<Record<string, Wrong>>>> = {
  "node-ssh": {
    configFile: NO_TEXT,
    user: NO_TEXT,
    port: { ...NO_COUNT, beyond: [0, -1, 1.5, Number.NaN, 65_536] },
    identityFiles: NO_LIST,
    connectTimeoutMs: NO_TIME,
    keepaliveMs: NO_TIME,
    keepaliveCount: NO_COUNT,
  },
  ssh: { command: NO_TEXT, options: NO_LIST },
  srun: { command: NO_TEXT, options: NO_LIST, hetGroupOf: NO_FUNCTION, gresOf: NO_FUNCTION },
  custom: { transport: { beyond: [], otherType: ["ssh", null] } },
};

const RUN_OPTIONS: Readonly<Record<string, Wrong>> = {
  signal: NO_SIGNAL,
  progress: { beyond: ["nope", "", "Auto"], otherType: [true, null] },
  handleSignals: NO_FLAG,
  control: NO_FLAG,
  trace: NO_FLAG,
  onEvent: NO_FUNCTION,
  results: { beyond: [], otherType: [null, "x"] },
  ...LAUNCHER_OPTIONS,
};
const LOCAL_OPTIONS = {
  ...RUN_OPTIONS,
  cpus: { ...NO_COUNT, beyond: [...NO_COUNT.beyond, 65_537] },
  inProcess: NO_FLAG,
};
const SLURM_OPTIONS = {
  ...RUN_OPTIONS,
  leastNodes: NO_COUNT,
  reach: GROUP,
};

type Run = (info: ReturnType<typeof programInfo>, job: () => Promise<number>, options: object) => Promise<number>;
const RUNS: readonly (readonly [string, Run, Readonly<Record<string, Wrong>>])[] = [
  ["runJobLocal", runJobLocal, LOCAL_OPTIONS],
  ["runJobSlurm", runJobSlurm, SLURM_OPTIONS],
  ["runJob", runJob, { ...LOCAL_OPTIONS, ...SLURM_OPTIONS }],
];

describe.each(RUNS)("%s refuses", (name, run, options) => {
  const info = programInfo("/nowhere/hyperion");
  const notRun = async (): Promise<number> => expect.unreachable();
  const attempt = (given: object): Promise<number> => run(info, notRun, given);

  test("each wrong value of each option, before anything is made", async () => {
    for (const [option, wrong] of Object.entries(options))
      await refuses(`${name}: ${option}`, wrong, (value) => attempt({ [option]: value }));
  });

  test("the same inside of `times`, and a silence that no sign of life could break", async () => {
    const endGraceMs = { ...NO_FINITE_TIME, beyond: [-5, Number.NaN, Infinity] };
    for (const [option, wrong] of Object.entries({
      ...TIME_OPTIONS,
      ...(name === "runJobLocal" ? {} : { endGraceMs }),
    }))
      await refuses(`${name}: times.${option}`, wrong, (value) => attempt({ times: { [option]: value } }));
    expect((await refusal(() => attempt({ times: { heartbeatMs: 20_000 } }))).message).toBe(
      `${name}: times.silenceMs must be longer than heartbeatMs, which is 20000, not 10000`,
    );
  });

  test.skipIf(name === "runJobLocal")("the same inside of `reach`, and of each transport", async () => {
    for (const [option, wrong] of Object.entries(REACH_OPTIONS))
      await refuses(`${name}: reach.${option}`, wrong, (value) => attempt({ reach: { [option]: value } }));
    for (const [type, ofType] of Object.entries(TRANSPORT_OPTIONS)) {
      for (const [option, wrong] of Object.entries(ofType))
        await refuses(`reach.transport.${option}`, wrong, (value) =>
          attempt({ reach: { transport: { type, [option]: value } } }),
        );
    }
    await refuses("reach.transport.type", { beyond: ["telnet", ""], otherType: [undefined, 5] }, (type) =>
      attempt({ reach: { transport: { type } } }),
    );
    expect((await refusal(() => attempt({ reach: { transport: { type: "ssh", comand: "ssh" } } }))).message).toContain(
      'has no option "comand". Did you mean command?',
    );
  });

  test("names that there are not, with the nearest one", async () => {
    expect((await refusal(() => attempt({ progres: "none" }))).message).toBe(
      `${name} has no option "progres". Did you mean progress?`,
    );
    expect((await refusal(() => attempt({ times: { silentMs: 5 } }))).message).toBe(
      `${name}: times has no option "silentMs". Did you mean silenceMs?`,
    );
    expect((await refusal(() => attempt({ silenceMs: 5 }))).message).toContain(`${name} has no option "silenceMs"`);
    expect(await refusal(() => attempt({ somethingElse: 1 }))).toBeInstanceOf(TypeError);
  });

  test("what is no program info, no job, and no options", async () => {
    const wrongly: (...given: unknown[]) => Promise<number> = run as never;
    for (const part of ["id", "database", "logDir", "dataDir"])
      await refuses(part, NO_TEXT, (value) => wrongly({ ...info, [part]: value }, notRun));
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

test("a pool of nodes refuses what it can't do anything with", async () => {
  const open = (config: object, addr: object): unknown =>
    openPoolLauncher({ logDir: "/nowhere", ...config }, [addr as { type: "LocalHost" }]);
  const here = { type: "LocalHost" };
  for (const [option, wrong] of Object.entries(NODE_CONFIG))
    await refuses(`openPoolLauncher: ${option}`, wrong, (value) => open({ [option]: value }, here));
  await refuses("openPoolLauncher: leastNodes", NO_COUNT, (leastNodes) => open({ leastNodes }, here));
  await refuses("type", { beyond: ["Elsewhere"], otherType: [undefined, 5] }, (type) => open({}, { type }));
  await refuses("hostname", NO_TEXT, (hostname) => open({}, { type: "RemoteAddr", hostname }));
  expect((await refusal(() => open({ leastnodes: 2 }, here))).message).toContain('has no option "leastnodes"');
});

test("times of 25 days and more, and without an end, run to the calls' ends", async () => {
  await using world = new World();
  const long = 30 * 86_400_000;
  const options = {
    ...quiet,
    times: {
      connectTimeoutMs: 2 ** 31,
      silenceMs: Infinity,
      heartbeatMs: long,
      headSilenceMs: Infinity,
      closeGraceMs: 2 ** 31,
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
