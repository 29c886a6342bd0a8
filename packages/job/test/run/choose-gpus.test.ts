import { expect, test } from "vitest";
import { chooseGpus, haveSlices } from "../../src/run/choose-gpus.ts";

const MIG = "MIG-377e0049-554c-540b-93c6-d0976f8426cb";

test.each([
  ["by the names that its step was given", { CUDA_VISIBLE_DEVICES: MIG }, { gpuIds: ["5"], agentIsInJob: true }, [MIG]],
  [
    "by the numbers of its step, which sees its own devices only",
    { CUDA_VISIBLE_DEVICES: "0,1" },
    { gpuIds: ["2", "3"], agentIsInJob: true },
    ["0", "1"],
  ],
  [
    "in its step's order",
    { CUDA_VISIBLE_DEVICES: "GPU-b,GPU-a" },
    { gpuIds: ["0", "1"], agentIsInJob: true },
    ["GPU-b", "GPU-a"],
  ],
  ["of AMD by the numbers of its step", { ROCR_VISIBLE_DEVICES: "0" }, { gpuIds: ["3"], agentIsInJob: true }, ["0"]],
  [
    "by the node's numbers where the step names another count of them",
    { CUDA_VISIBLE_DEVICES: "0" },
    { gpuIds: ["2", "3"], agentIsInJob: true },
    ["2", "3"],
  ],
  ["by the node's numbers where the step names none", {}, { gpuIds: ["2"], agentIsInJob: true }, ["2"]],
  [
    "by the node's numbers where the agent came by ssh: a start file has set its variable",
    { CUDA_VISIBLE_DEVICES: "0" },
    { gpuIds: ["2"] },
    ["2"],
  ],
  [
    "not at all where the job has none, whatever the person's own environment says",
    { CUDA_VISIBLE_DEVICES: "0" },
    { agentIsInJob: true },
    undefined,
  ],
])("GPUs are handed out %s", (_title, gpuVariables, share, names) => {
  expect(chooseGpus({ gpuVariables }, share)).toEqual(names);
});

test("slices of GPUs are known by their names", () => {
  expect([haveSlices([MIG]), haveSlices(["GPU-5c89852c", "0"]), haveSlices(undefined)]).toEqual([true, false, false]);
});
