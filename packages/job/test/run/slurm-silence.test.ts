import { parseAllocation } from "@hyperion-ts/slurm-env";
import { afterEach, expect, test, vi } from "vitest";
import { silenceOptions } from "../../src/run/slurm-silence.ts";
import { fakeScontrol } from "./fake-scontrol.ts";

afterEach(() => void vi.unstubAllEnvs());

/** Under salloc: the program is on none of the job's nodes. */
const allocation = parseAllocation({ SLURM_JOB_ID: "7", SLURM_JOB_NODELIST: "n1", SLURM_JOB_CPUS_PER_NODE: "1" });
const record = (id: number, state: string, name = "x"): string =>
  `JobId=${id} JobName=${name}\n   JobState=${state} Reason=None\n     Nodes=n1 CPU_IDs=0 Mem=0 GRES=\n`;
const says = (text: string): string => `cat <<'E'\n${text}E`;

test.each([
  ["is paused while its job is suspended", true, says(record(7, "SUSPENDED"))],
  ["is not paused while its job runs", false, says(record(7, "RUNNING"))],
  [
    "is not paused because another task of its array is suspended",
    false,
    says(`${record(8, "SUSPENDED")}\n${record(7, "RUNNING")}`),
  ],
  ["is not paused because its job is called so", false, says(record(7, "RUNNING", "JobState=SUSPENDED"))],
])("a silent node %s", async (_, expected, script) => {
  using _fake = fakeScontrol(script);
  expect(await silenceOptions(allocation, {}).isPaused?.("n1")).toBe(expected);
});

test("whether a silent node is paused is not known where the controller does not answer", async () => {
  using _fake = fakeScontrol("exit 1");
  await expect(silenceOptions(allocation, {}).isPaused?.("n1")).rejects.toThrow();
});
