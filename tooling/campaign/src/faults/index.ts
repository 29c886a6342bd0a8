/** All faults, in the order in which a campaign does them. */
import type { Fault } from "../fault.ts";
import { signals } from "./signals.ts";

export const faults: readonly Fault[] = [...signals];
