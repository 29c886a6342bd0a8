/** Both ends of a link in one process, over the real socket. */
import { once } from "node:events";
import { mkdtempDisposable } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { insert, keyValMap, lookupAll } from "@hyperion-ts/job";
import { openResults, type ResultsDatabase } from "@hyperion-ts/results";
import { GREETING } from "@hyperion-ts/wire";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { JobDirectory } from "../../src/directory/job-directory.ts";
import type { CallsOfHead } from "../../src/directory/job-record.ts";
import type { SignedOutcome } from "../../src/directory/outcome.ts";
import { ProgramLink } from "../../src/head/program-link.ts";
import { HeadTalk } from "../../src/link/head-talk.ts";
import { fromHead, fromProgram } from "../../src/link/link-messages.ts";
import { connectToSocket } from "../../src/link/link-socket.ts";

const PATIENCE = { timeout: 60_000, interval: 10 } as const;
const map = keyValMap("m", z.number(), z.number());
const id = "q7RkW-3Fa";
const SUBMISSION = 1;

/** A head, and a program that connects to it as often as it likes. */
class World implements AsyncDisposable {
  readonly link: ProgramLink;
  readonly ofJob: ResultsDatabase;
  readonly ofProgram: ResultsDatabase;
  readonly counted: CallsOfHead[] = [];
  readonly ended: SignedOutcome[] = [];
  readonly #stack: AsyncDisposableStack;
  readonly #claims;

  private constructor(
    stack: AsyncDisposableStack,
    link: ProgramLink,
    databases: readonly [ResultsDatabase, ResultsDatabase],
  ) {
    this.#stack = stack;
    this.link = link;
    [this.ofJob, this.ofProgram] = databases;
    this.#claims = stack.use(this.ofProgram.openClaimSession({ errors: { toData: String, fromData: String } }));
  }

  static async open(): Promise<World> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await mkdtempDisposable(join(tmpdir(), "hyperion-link-test-")));
    const directory = JobDirectory.create(
      join(folder.path, "job"),
      {
        layout: 1,
        id,
        name: "test",
        call: { kind: "job" },
        database: join(folder.path, "results.sqlite"),
        dataDir: folder.path,
        createdAt: "",
      },
      undefined,
    );
    const open = async (path: string) => stack.use(await openResults({ path, programId: "p" }));
    const databases = [await open(directory.database), await open(directory.job.database)] as const;
    const link = stack.use(await ProgramLink.open(directory, SUBMISSION));
    return new World(stack.move(), link, databases);
  }

  async connect(
    job: { readonly id?: string; readonly submission?: number } = {},
  ): Promise<{ talk: HeadTalk; socket: Socket }> {
    const socket = await connectToSocket(this.link.socket ?? "");
    const linked = { id, submission: SUBMISSION, exchange: this.ofProgram.exchange, claims: this.#claims, ...job };
    const talk = new HeadTalk(socket, socket, linked, {
      counted: (calls) => void this.counted.push(calls),
      ended: (outcome) => void this.ended.push(outcome),
    });
    return { talk, socket };
  }

  async values(results: ResultsDatabase): Promise<readonly (readonly [number, number])[]> {
    return await lookupAll(map)({ results });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }
}

const silent = (): Promise<never> => Promise.reject(new Error("it does not answer"));

describe("a head and its program", () => {
  test("pass questions of a person on, and the answers back, whatever their order; who has no answer says why", async () => {
    await using world = await World.open();
    const { talk, socket } = await world.connect();
    await talk.attached;
    const early = await talk.ask({ path: "/calls" });
    expect(early).toMatchObject({ status: 503, body: expect.stringContaining("has not begun") });
    const gates = new Map<string, PromiseWithResolvers<void>>();
    world.link.serve(world.ofJob, async ({ path, method, wantsText = false }) => {
      if (path === "/fails") throw new Error("no such thing");
      const gate = Promise.withResolvers<void>();
      gates.set(path, gate);
      await gate.promise;
      return { status: 200, isText: wantsText, body: `${method} ${path}` };
    });
    const [first, second] = [talk.ask({ path: "/calls?most=3" }), talk.ask({ path: "/", wantsText: true })];
    await vi.waitFor(() => expect(gates.size).toBe(2), PATIENCE);
    gates.get("/")?.resolve();
    expect(await second).toEqual({ status: 200, isText: true, body: "GET /" });
    gates.get("/calls?most=3")?.resolve();
    expect(await first).toEqual({ status: 200, isText: false, body: "GET /calls?most=3" });
    expect(await talk.ask({ method: "POST", path: "/fails" })).toEqual({
      status: 503,
      isText: false,
      body: JSON.stringify({ code: "no-answer", message: "no such thing" }),
    });
    const never = talk.ask({ path: "/workers" });
    await vi.waitFor(() => expect(gates.size).toBe(3), PATIENCE);
    socket.destroy();
    await expect(never).rejects.toThrow("The link to the head has ended");
  });

  test("have the same rows, each once, whenever the link is cut", async () => {
    await using world = await World.open();
    world.link.serve(world.ofJob, silent);
    let written = 0;
    for (let round = 0; round < 25; round++) {
      const { talk, socket } = await world.connect();
      await talk.attached;
      const rows = Array.from({ length: 1 + Math.floor(Math.random() * 400) }, () => (written += 1));
      const storing = Promise.all(rows.map((x) => insert(map, x, x * x)({ results: world.ofJob })));
      for (let turns = Math.floor(Math.random() * 12); turns > 0; turns--) await turn();
      socket.destroy();
      await storing;
    }
    const { talk } = await world.connect();
    await vi.waitFor(
      () => expect([...world.ofProgram.exchange.positionsOf(id).values()]).toEqual([BigInt(written)]),
      PATIENCE,
    );
    expect(await world.values(world.ofProgram)).toEqual(await world.values(world.ofJob));
    talk.end("it is over");
  });

  test("tell counts and the end at once, and an abort ends the job", async () => {
    await using world = await World.open();
    const calls = { done: 1, failed: 0, running: 2, waiting: 3, remembered: 4 };
    world.link.counted(calls);
    const { talk } = await world.connect();
    await vi.waitFor(() => expect(world.counted).toEqual([calls]), PATIENCE);
    talk.abort("nobody wants it");
    await once(world.link.unwanted, "abort");
    expect(world.link.unwanted.reason).toMatchObject({ message: "nobody wants it" });
    const outcome = { id, submission: SUBMISSION, outcome: { kind: "value", value: "x".repeat(5_000_000) } } as const;
    await world.link.lastWord(outcome);
    expect(world.ended).toEqual([outcome]);
    expect(await talk.ended).toBe("the job has ended");
  });

  test("leave each other where they do not belong together", async () => {
    await using world = await World.open();
    const { talk } = await world.connect({ submission: 2 });
    await expect(talk.attached).rejects.toThrow(/it is the head of submission 1 of q7RkW-3Fa/);
    const other = await world.connect({ id: "another" });
    await expect(other.talk.attached).rejects.toThrow(/it is the head of/);
    const first = await world.connect();
    await first.talk.attached;
    const second = await world.connect();
    await second.talk.attached;
    expect(await first.talk.ended).toBe("the connection was closed");
    const stranger = await connectToSocket(world.link.socket ?? "");
    stranger.end(Buffer.concat([GREETING, Buffer.alloc(100, 0xff)]));
    await once(stranger.resume(), "close");
    second.talk.end("it is over");
  });
});

test.each([
  [fromHead, null, /no message/],
  [fromHead, { type: "helo" }, /Did you mean "hello"/],
  [fromHead, { type: "hello", version: 1, id, submission: 0 }, /submission/],
  [fromHead, { type: "hello", version: 1, id }, /submission/],
  [fromHead, { type: "rows", number: 1, batch: {} }, /fileId/],
  [fromHead, { type: "counts", calls: { done: -1 } }, /done/],
  [fromHead, { type: "outcome", bytes: "x" }, /bytes/],
  [fromProgram, { type: "attach", version: 1, id, positions: new Map([["f", 1]]) }, /map of rows/],
  [fromProgram, { type: "taken", number: 0.5 }, /number/],
  [fromProgram, { type: "abort" }, /reason/],
])("%o refuses %o", (read, message, words) => {
  expect(() => read(message)).toThrow(words);
});
