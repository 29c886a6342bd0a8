import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { OwnCgroup } from "../../src/shared/host/cgroup-mounts.ts";
import { OomKills } from "../../src/agent/oom-kills.ts";
import { fakeTree } from "../shared/host/fake-tree.ts";

test.each([
  [1, "memory.oom_control", "memory.limit_in_bytes"],
  [2, "memory.events", "memory.max"],
] as const)(
  "each kill that a cgroup of version %i counts explains one death, if it is recent",
  (version, counter, limit) => {
    using tree = fakeTree({ [counter]: "oom 3\noom_kill 3", [limit]: String(64 * 1_048_576) });
    const cgroups: readonly OwnCgroup[] = [{ version, controllers: ["memory"], folders: [tree.folder] }];
    const count = (kills: number): void => writeFileSync(join(tree.folder, counter), `oom 9\noom_kill ${kills}\n`);
    const kills = new OomKills(cgroups);
    expect(kills.explain(0)).toBeUndefined();
    count(5);
    expect([kills.explain(1_000), kills.explain(1_000), kills.explain(1_000)]).toEqual([
      expect.stringContaining(`the limit of 64 MB of memory is reached (${tree.folder}/${limit})`),
      expect.any(String),
      undefined,
    ]);
    // A program that a call had started was killed, and the worker lived on.
    count(6);
    kills.look(2_000);
    expect(kills.explain(60_000)).toBeUndefined();
  },
);

test("a kill without a limit is that of a node whose memory is used up", () => {
  using tree = fakeTree({ "memory.oom_control": "oom_kill 0" });
  const kills = new OomKills([{ version: 1, controllers: ["memory"], folders: [tree.folder] }]);
  writeFileSync(join(tree.folder, "memory.oom_control"), "oom_kill 1\n");
  expect(kills.explain(0)).toBe("all memory of the node is used up");
});
