/** What every transport has to do, the same tests for all of them. */
import type { NodeProcess, Testbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NodeLauncherConfig } from "../../src/index.ts";
import { thrownBy } from "../world.ts";
import type { ClusterHead, HeadNode } from "./cluster-head.ts";
import { leftOn, PATIENT } from "./left-on.ts";

/** One way from a head to a node. */
export interface Way {
  /** Null is the head's own machine. No other suite may use it at the same time. */
  readonly host: string | null;
  readonly config: Partial<NodeLauncherConfig>;
  /** How many bytes are sent there and back in one call. Default 50 MB. */
  readonly bulkBytes?: number;
}

/** Where the tests run; it is there when they do. */
export interface Place {
  readonly cluster: Testbed;
  readonly head: ClusterHead;
}

export function transportSuite(name: string, { host, config, bulkBytes = 50_000_000 }: Way, place: () => Place): void {
  const machine = host ?? "login";
  const open = (
    others: Partial<NodeLauncherConfig> = {},
    options?: { readonly abortAfterMs: number },
  ): Promise<HeadNode> => place().head.open(host, { ...config, ...others }, { name, ...options });
  const left = (): readonly NodeProcess[] => leftOn(place().cluster, machine);

  describe(name, () => {
    describe("on one connection", () => {
      let node: HeadNode;
      beforeAll(async () => {
        node = await open();
      });
      afterAll(() => node.close());

      test("calls a function, in the head's directory and with its variables, but with the node's own name", async () => {
        expect(await node.call("square", 7)).toBe(49);
        expect(await node.call("place", ["ONLY_OF_THE_HEAD", "USER"])).toEqual({
          host: machine,
          directory: "/home/alice",
          variables: ["a b\n'\"$x", "alice"],
        });
      });

      test("carries an error with all that it is", async () => {
        expect(await thrownBy(node.call("freeze", -40))).toMatchObject({
          name: "TooCold",
          message: "It has -40 degrees",
          code: "too-cold",
          degrees: -40,
        });
        expect(await node.call("square", 8)).toBe(64);
      });

      test("carries large values both ways as they are", async () => {
        expect(await node.bulk(bulkBytes)).toBe(true);
      });

      test("carries 2,000 short calls", async () => {
        expect(await node.many(2_000)).toBe(2_000);
      });

      test("keeps what workers print in their log, and out of the frames", async () => {
        await node.call("print", "hello");
        await expect
          .poll(() => place().cluster.readFile(node.logFile), PATIENT)
          .toMatch(/hello on stdout[^]*hello on stderr/);
      });

      test("tells what became of a worker that ends", async () => {
        const other = await open();
        expect(await thrownBy(other.call("exit", 3))).toMatchObject({
          name: "WorkerDiedError",
          message: expect.stringMatching(/exited with code 3; it last printed: about to exit/),
        });
        await other.close();
      });
    });

    test("leaves nobody on the node when its launcher ends, also not what was running", async () => {
      const node = await open();
      const running = thrownBy(node.call("untilKilled", null));
      expect(left().length).toBeGreaterThanOrEqual(2);
      await node.close();
      expect(await running).toMatchObject({ name: "WorkerDiedError" });
      await expect.poll(left, PATIENT).toEqual([]);
    });

    test("notices that its agent was killed, which takes the workers with it", async () => {
      const node = await open();
      const running = thrownBy(node.call("untilKilled", null));
      for (const { pid, argv } of left())
        if (argv.some((arg) => arg.endsWith("agent-main.ts")) && argv[0]?.endsWith("node") === true)
          process.kill(pid, "SIGKILL");
      expect(await node.lost()).toMatch(
        /^its agent (?:ended \((?:SIGKILL|code 137)\)|is out of reach: (?!.*Running command))/,
      );
      expect(await running).toMatchObject({
        name: "WorkerDiedError",
        message: expect.stringMatching(/the node was lost: its agent/),
      });
      await expect.poll(left, PATIENT).toEqual([]);
    });

    test.skipIf(host === null)("notices a network that was cut; agent and workers end behind it", async () => {
      const node = await open({ times: { heartbeatMs: 500, silenceMs: 3_000, headSilenceMs: 3_000 } });
      const running = thrownBy(node.call("untilKilled", null));
      await place().cluster.fault.cut(machine);
      expect(await node.lost()).toMatch(/nothing was heard from its agent/);
      expect(await running).toMatchObject({ message: expect.stringMatching(/the node was lost/) });
      await expect
        .poll(() => left().filter(({ argv }) => argv.some((arg) => arg.endsWith("-main.ts"))), PATIENT)
        .toEqual([]);
      await place().cluster.fault.heal(machine);
      await expect.poll(left, PATIENT).toEqual([]);
    });

    test("leaves nothing behind when it is aborted, however far it has come", async () => {
      const opened = await Promise.all(
        [0, 10, 40, 80, 160, 240, 320].map(async (abortAfterMs) =>
          open({}, { abortAfterMs }).then((node) => node.close(), String),
        ),
      );
      expect(opened[0]).toMatch(/Timeout/);
      await expect.poll(left, PATIENT).toEqual([]);
    });
  });
}
