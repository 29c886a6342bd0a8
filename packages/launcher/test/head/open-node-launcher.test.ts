import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LaunchError, openNodeLauncher, withNodeLauncher } from "../../src/index.ts";
import { square } from "../functions.ts";
import { agentOf, isAlive, testWorld, thrownBy } from "../world.ts";

/** Opens a launcher whose agent is another command than it should be. */
describe.concurrent("openNodeLauncher", () => {
  test("connects to this machine under its own name", async () => {
    await using world = testWorld();
    await using launcher = await openNodeLauncher({ logDir: world.folder }, { type: "LocalHost" });
    await using worker = await launcher.launch({});
    expect([launcher.node, worker.node]).toEqual([hostname(), hostname()]);
    expect(await worker.call(square, 2)).toBe(4);
  });
});

describe.concurrent("withNodeLauncher", () => {
  test("hands over the launcher, and ends everything afterwards", async () => {
    await using world = testWorld();
    const pids = await withNodeLauncher(
      { logDir: world.folder },
      { type: "LocalHost", hostname: "here" },
      async (launcher) => {
        const worker = await launcher?.launch({});
        if (worker === undefined) return [];
        expect(await worker.call(square, 8)).toBe(64);
        return [worker.pid, agentOf(worker)];
      },
    );
    expect(pids).toHaveLength(2);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test("hands over null when the node can't be reached", async () => {
    await using world = testWorld();
    expect(
      await withNodeLauncher(
        { logDir: world.folder, times: { connectTimeoutMs: 1 } },
        { type: "LocalHost" },
        (launcher) => Promise.resolve(launcher),
      ),
    ).toBe(null);
  });

  test("throws what is no matter of the node", async () => {
    await using world = testWorld();
    const file = join(world.folder, "file");
    writeFileSync(file, "");
    const error = await thrownBy(
      withNodeLauncher({ logDir: join(file, "logs") }, { type: "LocalHost" }, () => Promise.resolve("used")),
    );
    expect(error).not.toBeInstanceOf(LaunchError);
    expect(error).toMatchObject({ name: "DirectoryError", message: expect.stringContaining("ENOTDIR") });
  });

  test("throws the errors of its use, a LaunchError too, and calls it once", async () => {
    await using world = testWorld();
    const mine = new LaunchError("elsewhere", "something of the job's own");
    const uses: boolean[] = [];
    const error = await thrownBy(
      withNodeLauncher({ logDir: world.folder }, { type: "LocalHost" }, (launcher) => {
        uses.push(launcher !== null);
        return Promise.reject(mine);
      }),
    );
    expect(error).toBe(mine);
    expect(uses).toEqual([true]);
  });
});
