/** Little of something: descriptors, processes, memory, room in memory for addresses, CPUs that are free. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LaptopFault, Launch } from "../fault.ts";
import type { Scene } from "../scene.ts";
import { COMPLETES, type ExpectedEnd, fails, isKilled } from "../judge/program-end.ts";

const fault = (
  name: string,
  launch: (scene: Scene) => Launch,
  ends: readonly ExpectedEnd[],
  more: Partial<LaptopFault> = {},
): LaptopFault => ({ name, kind: "limits", world: "laptop", moments: ["at-once"], launch, ends, ...more });

const prlimit = (...options: readonly string[]): Launch => ({ before: ["prlimit", ...options, "--"] });

/** Whatever it says: with so little Node itself may end before any of our code runs. */
const ANYTHING = [
  COMPLETES,
  fails(/^/),
  isKilled("SIGABRT"),
  isKilled("SIGTRAP"),
  isKilled("SIGSEGV"),
  isKilled("SIGILL"),
  isKilled("SIGKILL"),
];

const noGroups = (): string | null =>
  process.getuid?.() === 0 &&
  existsSync("/sys/fs/cgroup/pids/cgroup.procs") &&
  existsSync("/sys/fs/cgroup/memory/cgroup.procs")
    ? null
    : "it takes root and cgroups of version 1";

/** Which limits a program meets. */
export const limits: readonly LaptopFault[] = [
  fault("descriptors-48", () => prlimit("--nofile=48"), [COMPLETES, fails(/descriptors|EMFILE|too many open files/i)]),
  fault("descriptors-24", () => prlimit("--nofile=24"), ANYTHING),
  fault("address-space-2-gb", () => prlimit(`--as=${2 * 2 ** 30}`), ANYTHING),
  fault("file-size-64-kb", () => prlimit("--fsize=65536"), [
    COMPLETES,
    fails(/EFBIG|full|too large|disk I\/O/i),
    isKilled("SIGXFSZ"),
  ]),
  fault("stack-of-256-kb", () => prlimit("--stack=262144"), ANYTHING),
  fault("processes-64", (scene) => inGroup(scene, "pids", { "pids.max": "64" }), [COMPLETES], { missing: noGroups }),
  fault("processes-32", (scene) => inGroup(scene, "pids", { "pids.max": "32" }), ANYTHING, {
    missing: noGroups,
    endsWithinMs: 60_000,
  }),
  fault(
    "memory-of-group-160-mb",
    (scene) => inGroup(scene, "memory", { "memory.limit_in_bytes": String(160 * 2 ** 20) }),
    ANYTHING,
    { missing: noGroups, endsWithinMs: 60_000 },
  ),
  fault(
    "cpus-busy",
    (scene) => {
      for (let i = scene.random.between(2, 6); i > 0; i -= 1) {
        const busy = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
        scene.resources.defer(() => void busy.kill("SIGKILL"));
      }
      return {};
    },
    [COMPLETES],
    { endsWithinMs: 60_000 },
  ),
  fault("heap-of-32-mb", () => ({ env: { NODE_OPTIONS: "--max-old-space-size=32" } }), ANYTHING),
];

/** The program enters a cgroup of its own before it is the program. */
function inGroup({ resources }: Scene, controller: "pids" | "memory", files: Readonly<Record<string, string>>): Launch {
  const folder = `/sys/fs/cgroup/${controller}/hyperion-campaign-${randomUUID()}`;
  mkdirSync(folder);
  for (const [name, value] of Object.entries(files)) writeFileSync(join(folder, name), value);
  resources.defer(() => removeGroup(folder));
  return { before: ["sh", "-c", 'echo $$ > "$0" && exec "$@"', join(folder, "cgroup.procs")] };
}

/** When the kernel has forgotten the last of its processes: those that end are in it for a moment longer than it lists them. */
async function removeGroup(folder: string): Promise<void> {
  for (let left = 200; left > 0; left -= 1) {
    try {
      return rmdirSync(folder);
    } catch {
      await sleep(20);
    }
  }
  rmdirSync(folder);
}
