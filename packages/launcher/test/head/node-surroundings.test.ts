import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { surroundingsOfThisProcess } from "../../src/head/node-surroundings.ts";

beforeEach(() => {
  for (const name of Object.keys(process.env)) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

function stub(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}
const merged = (): Record<string, string> =>
  Object.assign({}, ...surroundingsOfThisProcess().environment) as Record<string, string>;

test("variables of the program and of its job go along as they are, with the directory", () => {
  const variables = {
    PATH: "/opt/bin:/bin",
    HOME: "/home/alice",
    MODULEPATH: "/apps",
    OMP_PLACES: "cores",
    EMPTY: "",
    LINES: "a\nb='\"$x\\",
    SLURM_JOB_ID: "7",
    SLURM_JOB_NODELIST: "n[1-3]",
    SLURM_SUBMIT_DIR: "/work",
    SLURMISH: "yes",
  };
  stub(variables);
  expect(merged()).toEqual(variables);
  expect(surroundingsOfThisProcess().directory).toBe(process.cwd());
});

test("what tells of this machine, this login or this step stays here, and what is secret on it", () => {
  stub({
    KEPT: "1",
    SSH_AUTH_SOCK: "/tmp/agent",
    SSH_CONNECTION: "a 1 b 2",
    KRB5CCNAME: "FILE:/tmp/krb5cc",
    XDG_RUNTIME_DIR: "/run/user/7",
    DISPLAY: ":0",
    HOSTNAME: "login",
    TMPDIR: "/local/1",
    PWD: "/x",
    SLURM_NODEID: "0",
    SLURM_PROCID: "0",
    SLURM_STEP_ID: "3",
    SLURM_CPU_BIND_LIST: "0x1",
    CUDA_VISIBLE_DEVICES: "0",
    PMIX_RANK: "0",
    HYPERION_LINE_STREAM: "1",
    SLURMD_NODENAME: "n1",
  });
  expect(merged()).toEqual({ KEPT: "1" });
});

test("they travel in pieces that fit into a message each; one that fits into none is left out", () => {
  const large = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`LARGE_${i}`, '"ü'.repeat(2_000 + 300 * i)]));
  stub({ ...large, HUGE: "x".repeat(70_000), AFTER: "yes" });
  const { environment } = surroundingsOfThisProcess();
  expect(environment.length).toBeGreaterThan(5);
  for (const piece of environment) expect(Buffer.byteLength(JSON.stringify(piece))).toBeLessThan(65_000);
  expect(merged()).toEqual({ ...large, AFTER: "yes" });
});
