/** Locks among processes of one machine. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { lock } from "../../src/index.ts";
import { counted, lockProcess, programFolder, type ProgramFolder } from "./world.ts";

const one = async (): Promise<number> => 1;

/** Waits until a process has said that it wants a lock which another one has. */
const somebodyAsks = (folder: ProgramFolder): Promise<void> =>
  expect.poll(() => folder.locks().some((name) => name.endsWith(".asked")), { timeout: 100_000 }).toBe(true);

test("several processes lose no update", async () => {
  using folder = programFolder();
  await using stack = new AsyncDisposableStack();
  const processes = Array.from({ length: 3 }, () => stack.use(lockProcess("counter", folder, "20")));
  await Promise.all(processes.map(({ ended }) => ended));
  expect(counted(join(folder.path, "count"))).toBe(60);
  expect(folder.locks()).toEqual([]);
});

test("a process whose calls follow on each other leaves the lock to others between them", async () => {
  using folder = programFolder();
  const count = join(folder.path, "count");
  const key = { what: "count" };
  const free = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holding = lock(key, async () => {
    held.resolve();
    await free.promise;
  })(folder.env);
  await held.promise;
  const seen = Array.from({ length: 5 }, () => lock(key, async () => counted(count))(folder.env));
  await using other = lockProcess("counter", folder, "1");
  await somebodyAsks(folder);
  free.resolve();
  await holding;
  expect((await Promise.all(seen)).at(-1)).toBe(1);
  await other.ended;
});

test.each([
  ["was killed", async (holder: ReturnType<typeof lockProcess>) => await holder.kill()],
  ["has called process.exit", async (holder: ReturnType<typeof lockProcess>) => holder.endInput()],
])("the locks of a process that %s are free", async (_title, end) => {
  using folder = programFolder();
  await using holder = lockProcess("holder", folder, '["a","b"]', "exit");
  expect(await holder.nextLine()).toBe("held");
  const waiting = lock(["b", "c"], one)(folder.env);
  await end(holder);
  expect(await waiting).toBe(1);
  await holder.ended;
  expect(await lock("a", one)(folder.env)).toBe(1);
  expect(folder.locks()).toEqual([]);
});

test("of several processes that wait for a killed one's lock, one at a time has it", async () => {
  using folder = programFolder();
  await using holder = lockProcess("holder", folder, '{"what":"count"}');
  expect(await holder.nextLine()).toBe("held");
  await using stack = new AsyncDisposableStack();
  const waiting = Array.from({ length: 3 }, () => stack.use(lockProcess("counter", folder, "5")));
  await somebodyAsks(folder);
  await holder.kill();
  await Promise.all(waiting.map(({ ended }) => ended));
  expect(counted(join(folder.path, "count"))).toBe(15);
  expect(folder.locks()).toEqual([]);
});
