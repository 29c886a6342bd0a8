/** Two heads and their program in one process, over the real sockets: the first is alone until the second comes. */
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { insert, keyValMap, memoizeWithMap } from "@hyperion-ts/job";
import { openResults, type ResultsDatabase } from "@hyperion-ts/results";
import { parseSlurmJobId } from "@hyperion-ts/slurm-env";
import { afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { JobDirectory } from "../../src/directory/job-directory.ts";
import { ProgramLink } from "../../src/head/program-link.ts";
import { connectToSocket } from "../../src/link/link-socket.ts";
import { LinkStream } from "../../src/link/link-stream.ts";
import { JobLinks } from "../../src/program/job-links.ts";

const map = keyValMap("m", z.number(), z.string());
const never = () => async (): Promise<never> => expect.fail("it was computed");

afterEach(() => void vi.restoreAllMocks());

/** A head, whose program has called it. */
async function head(folder: string, name: string, links: JobLinks, stack: AsyncDisposableStack) {
  const directory = JobDirectory.create(
    join(folder, name),
    {
      layout: 1,
      id: name,
      name: "test",
      call: { kind: "job" },
      database: join(folder, "results.sqlite"),
      dataDir: folder,
      createdAt: "",
    },
    undefined,
  );
  const link = stack.use(await ProgramLink.open(directory, 1));
  link.arbiter.expect(60_000);
  const results = stack.use(await openResults({ path: directory.database, programId: "p", arbiter: link.arbiter }));
  link.serve(results, () => Promise.reject(new Error("nobody asks")));
  const listener = { counted: () => undefined, ended: () => undefined, linked: () => undefined, runs: () => true };
  const call = { number: 1, jobId: parseSlurmJobId(1), cluster: undefined, slurmName: name, isJoined: false };
  const connect = async (): Promise<void> => {
    const socket = await connectToSocket(link.socket ?? "");
    links.open(directory, call, listener)?.called(socket);
  };
  return { link, results, connect };
}

/** How far the program's database is written, of which a head of another process has a copy. */
async function positionOf(results: ResultsDatabase): Promise<{ readonly fileId: string; readonly rowid: number }> {
  await insert(map, -1, "read")({ results });
  using feed = results.exchange.feed(new Map(), () => undefined);
  return { fileId: feed.next()?.fileId ?? "", rowid: 1 };
}

/** The types of messages that were posted, and of those within them. */
const wordsOf = (calls: readonly (readonly object[])[]): readonly string[] =>
  calls.flat().flatMap((message) => {
    const parts: unknown = Reflect.get(message, "messages");
    return (Array.isArray(parts) ? parts : [message]).map((each: object) => String(Reflect.get(each, "type")));
  });

test("a head that is alone sends rows and no word of what it computes, and a second one computes nothing of that", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await mkdtempDisposable(join(tmpdir(), "hyperion-sole-test-")));
  const program = stack.use(await openResults({ path: join(folder.path, "results.sqlite"), programId: "p" }));
  const told = vi.fn();
  const links = stack.use(new JobLinks({ attach: "call-back", results: program, tell: told, log: told }));
  const posted = vi.spyOn(LinkStream.prototype, "post");
  const one = await head(folder.path, "one", links, stack);
  one.link.arbiter.hasRead(await positionOf(program));
  await one.connect();
  await vi.waitFor(() => expect(wordsOf(posted.mock.calls)).toContain("sole"), { timeout: 60_000 });
  posted.mockClear();
  const results = one.results;
  const keys = Array.from({ length: 1_000 }, (_, key) => key);
  await Promise.all(keys.map((key) => memoizeWithMap(map, () => async () => `${key}`, key)({ results })));
  const running = Promise.withResolvers<string>();
  const computing = memoizeWithMap(map, () => () => running.promise, 2_000)({ results });
  await vi.waitFor(() => expect(program.exchange.positionsOf("one").values().next().value).toBe(1_000n), {
    timeout: 60_000,
  });
  expect(new Set(wordsOf(posted.mock.calls))).toEqual(new Set(["rows"]));
  const two = await head(folder.path, "two", links, stack);
  await two.connect();
  const ofTwo = [7, 2_000].map((key) => memoizeWithMap(map, never, key)({ results: two.results }));
  await vi.waitFor(() => expect(wordsOf(posted.mock.calls).filter((word) => word === "all").length).toBe(2), {
    timeout: 60_000,
  });
  running.resolve("once");
  await computing;
  expect(await Promise.all(ofTwo)).toEqual(["7", "once"]);
  expect(told).not.toHaveBeenCalled();
});
