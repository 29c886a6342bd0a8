/**
 * The variables by which a program is told which GPUs it may use. Slurm sets those that fit the kind of GPU, or all of
 * them where its gres.conf does not say the kind.
 */

/** The variables of CUDA, of ROCm (HIP), of OpenCL on AMD's GPUs, and of Intel's Level Zero. */
const VARIABLES = ["CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "GPU_DEVICE_ORDINAL", "ZE_AFFINITY_MASK"] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Those variables of an environment that name GPUs. */
export const gpuVariablesOf = (env: Environment): Readonly<Record<string, string>> =>
  Object.fromEntries(
    VARIABLES.flatMap((name) => {
      const text = env[name];
      return text === undefined || gpusIn(text) === undefined ? [] : [[name, text]];
    }),
  );

/** The names of the GPUs in an environment, in order; undefined where it names none. */
export const gpuNamesOf = (env: Environment): readonly string[] | undefined =>
  VARIABLES.map((name) => gpusIn(env[name] ?? "")).find((names) => names !== undefined);

/** The variables for a worker that has these GPUs: those that `agent` has, or else `head`; CUDA's where neither has any. */
export function gpuVariablesFor(
  gpuIds: readonly string[],
  agent: Environment,
  head: Environment,
): Readonly<Record<string, string>> {
  const found =
    [agent, head].map((env) => Object.keys(gpuVariablesOf(env))).find((names) => names.length > 0) ??
    VARIABLES.slice(0, 1);
  // On AMD's GPUs those two count among what ROCR_VISIBLE_DEVICES leaves: both made smaller would leave nothing.
  const among = found.some((name) => name === "CUDA_VISIBLE_DEVICES" || name === "GPU_DEVICE_ORDINAL");
  return Object.fromEntries(
    found.filter((name) => !among || name !== "ROCR_VISIBLE_DEVICES").map((name) => [name, gpuIds.join(",")]),
  );
}

/** Each name once. Slurm writes `NoDevFiles` where there is none. */
function gpusIn(text: string): readonly string[] | undefined {
  const names = text.split(",");
  const isList = new Set(names).size === names.length && names.every((name) => /^[^\s,]+$/.test(name));
  return isList && text !== "NoDevFiles" ? names : undefined;
}
