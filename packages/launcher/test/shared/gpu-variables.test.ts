import { expect, test } from "vitest";
import { gpuNamesOf, gpuVariablesFor, gpuVariablesOf } from "../../src/shared/gpu-variables.ts";

test.each([
  ["numbers", { CUDA_VISIBLE_DEVICES: "0,2" }, ["0", "2"]],
  [
    "a slice of a GPU",
    { CUDA_VISIBLE_DEVICES: "MIG-377e0049-554c-540b-93c6-d0976f8426cb" },
    ["MIG-377e0049-554c-540b-93c6-d0976f8426cb"],
  ],
  ["GPUs by their ids, in their order", { CUDA_VISIBLE_DEVICES: "GPU-b,GPU-a" }, ["GPU-b", "GPU-a"]],
  ["AMD's GPUs", { ROCR_VISIBLE_DEVICES: "1,0" }, ["1", "0"]],
  ["Intel's tiles", { ZE_AFFINITY_MASK: "0.0,1.1" }, ["0.0", "1.1"]],
  ["none", {}, undefined],
  ["nothing", { CUDA_VISIBLE_DEVICES: "" }, undefined],
  ["what Slurm writes where a job has none", { CUDA_VISIBLE_DEVICES: "NoDevFiles" }, undefined],
  ["a list that is none, and one that is", { CUDA_VISIBLE_DEVICES: "0,,1", ROCR_VISIBLE_DEVICES: "1" }, ["1"]],
  ["one twice", { CUDA_VISIBLE_DEVICES: "0,0" }, undefined],
])("an environment that names %s", (_title, env, names) => {
  expect(gpuNamesOf({ ...env, PATH: "/bin" })).toEqual(names);
});

test("what names GPUs in an environment is found, and nothing else", () => {
  expect(
    gpuVariablesOf({ PATH: "/bin", CUDA_VISIBLE_DEVICES: "0", ROCR_VISIBLE_DEVICES: "", GPU_DEVICE_ORDINAL: "0" }),
  ).toEqual({ CUDA_VISIBLE_DEVICES: "0", GPU_DEVICE_ORDINAL: "0" });
});

test.each([
  ["CUDA's where nobody has any", {}, {}, { CUDA_VISIBLE_DEVICES: "3,1" }],
  ["its agent's", { ROCR_VISIBLE_DEVICES: "0" }, { CUDA_VISIBLE_DEVICES: "0" }, { ROCR_VISIBLE_DEVICES: "3,1" }],
  ["its head's where its agent has none", {}, { ROCR_VISIBLE_DEVICES: "0,1" }, { ROCR_VISIBLE_DEVICES: "3,1" }],
  [
    "all that its job has",
    { CUDA_VISIBLE_DEVICES: "0", GPU_DEVICE_ORDINAL: "0", ZE_AFFINITY_MASK: "0" },
    {},
    { CUDA_VISIBLE_DEVICES: "3,1", GPU_DEVICE_ORDINAL: "3,1", ZE_AFFINITY_MASK: "3,1" },
  ],
  [
    "but not ROCm's beside those that count among what it leaves",
    { CUDA_VISIBLE_DEVICES: "0,1", ROCR_VISIBLE_DEVICES: "0,1" },
    {},
    { CUDA_VISIBLE_DEVICES: "3,1" },
  ],
])("a worker with GPUs has them in the variables: %s", (_title, agent, head, variables) => {
  expect(gpuVariablesFor(["3", "1"], agent, head)).toEqual(variables);
});
