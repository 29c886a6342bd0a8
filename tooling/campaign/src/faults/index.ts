/** All faults, in the order in which a campaign does them. */
import type { Fault } from "../fault.ts";
import { calls } from "./calls.ts";
import { cluster } from "./cluster.ts";
import { files } from "./files.ts";
import { limits } from "./limits.ts";
import { login } from "./login.ts";
import { signals } from "./signals.ts";
import { surroundings } from "./surroundings.ts";

/** All faults. */
export const faults: readonly Fault[] = [
  ...signals,
  ...calls,
  ...files,
  ...limits,
  ...surroundings,
  ...cluster,
  ...login,
];
