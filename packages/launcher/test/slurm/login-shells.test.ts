/** Login shells and banners between a head and its agent: what they print, and how they end. With ssh in the head's process and with the system's ssh. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { describe, expect, test } from "vitest";
import type { LauncherOptions } from "../../src/index.ts";
import { thrownBy } from "../world.ts";
import { clusterForTests } from "./cluster-head.ts";
import { headsOf, noise } from "./cluster-heads.ts";

describeOnTestbed(describe)("a node", () => {
  const cluster = clusterForTests({
    nodes: [
      { name: "good", cpus: 2 },
      { name: "chatty", cpus: 2, sshd: { Banner: noise(3_000) } },
    ],
    users: [
      { name: "alice" },
      { name: "shelly", shell: "/bin/sh", loginPrints: noise(10_000) },
      { name: "tessa", shell: "/bin/tcsh", loginPrints: noise(10_000) },
      { name: "finn", shell: "/usr/bin/fish", loginPrints: noise(10_000) },
      { name: "loud", loginPrints: noise(100_000) },
      { name: "nora", shell: "/usr/sbin/nologin" },
      { name: "faye", shell: "/bin/false" },
      { name: "rita" },
      { name: "sven" },
      { name: "gwen" },
    ],
  });
  const headOf = headsOf(cluster);

  describe.each<"node-ssh" | "ssh">(["node-ssh", "ssh"])("by %s", (type) => {
    const by = (options: LauncherOptions = {}): LauncherOptions => ({
      reach: { transport: { type }, attempts: 1 },
      ...options,
    });

    test.each(["shelly", "tessa", "finn"])("whose login shell prints 10 KB is reached by %s", async (user) => {
      const head = headOf(user);
      const node = await head.open("good", by());
      expect(await node.call("place", ["USER"])).toEqual({
        host: "good",
        directory: `/home/${user}`,
        variables: [user],
      });
    });

    test("whose login shell prints 100 KB is refused, and the beginning of that is shown", async () => {
      const head = headOf("loud");
      const error = await thrownBy(head.open("good", by()));
      expect(error).toMatchObject({
        message: expect.stringMatching(
          /the agent on good .*did not greet within the first 65536 bytes of its output\n {2}\| Welcome to the cluster\.\n.*characters.*\| W[^\n]*$/s,
        ),
        transient: false,
      });
      expect(String(error).length).toBeLessThan(700);
    });

    test("that shows a banner before login is reached", async () => {
      const head = headOf();
      expect(await (await head.open("chatty", by())).call("square", 5)).toBe(25);
    });

    test("whose login shell ends at once is refused with what it said", async () => {
      const head = headOf("nora");
      expect(await thrownBy(head.open("good", by()))).toMatchObject({
        message: expect.stringMatching(
          /the agent on good .*: it ended \(code 1\) before it greeted.*This account is currently not available.*no login shell there/s,
        ),
        transient: false,
      });
    });

    test("whose login shell lets nobody in without a word is refused, and named", async () => {
      expect(await thrownBy(headOf("faye").open("good", by()))).toMatchObject({
        message: expect.stringMatching(
          /: it ended \(code 1\) before it greeted\n.*login shell there may be one that lets nobody in/s,
        ),
        transient: false,
      });
    });

    test.each([
      ["reads input", "rita", "read answer\n", /did not greet within 8 s.*login shell.*start files.*\.bashrc/s],
      ["starts another shell", "sven", "exec fish\n", /did not greet within 8 s.*login shell.*start files.*exec fish/s],
      [
        "ends the shell",
        "gwen",
        "exit 0\n",
        /it ended \(code 0\) before it greeted.*start file of the login shell end it/s,
      ],
    ])("whose start file %s is left out, and the message says where to look", async (_, user, input, message) => {
      await cluster().run("login", ["tee", ".bashrc"], { user, input });
      expect(await thrownBy(headOf(user).open("good", by({ times: { connectTimeoutMs: 8_000 } })))).toMatchObject({
        message: expect.stringMatching(message),
      });
    });
  });
});
