/**
 * Nodes that do not let a head in, or only after a while. Each fault is tried with ssh in the head's process and with the
 * system's ssh; in all of them nothing waits for a time-out that could know better.
 */
import { once } from "node:events";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { describe, expect, test } from "vitest";
import type { LauncherOptions } from "../../src/index.ts";
import { thrownBy } from "../world.ts";
import { clusterForTests, NODE } from "./cluster-head.ts";
import { headsOf, OLD_NODE } from "./cluster-heads.ts";
import { leftOn, PATIENT } from "./left-on.ts";

describeOnTestbed(describe)("a node", () => {
  const cluster = clusterForTests({
    nodes: [
      { name: "good", cpus: 2 },
      { name: "picky", cpus: 2, sshd: { MaxStartups: "1:100:1" } },
      { name: "sleepy", cpus: 2, sshd: { ForceCommand: "exec sleep 1000" } },
      { name: "broken", cpus: 2 },
    ],
    users: [{ name: "alice" }, { name: "faye", shell: "/bin/false" }],
  });
  const headOf = headsOf(cluster);

  describe.each<"node-ssh" | "ssh">(["node-ssh", "ssh"])("by %s", (type) => {
    const by = ({ reach, ...others }: LauncherOptions = {}): LauncherOptions => ({
      reach: { transport: { type }, pauseMs: 100, attempts: 2, ...reach },
      ...others,
    });
    /** With a file of ssh's configuration that the head's account has beside its own. */
    const configured = (file: string): LauncherOptions =>
      by({ reach: { transport: type === "ssh" ? { type, options: ["-F", file] } : { type, configFile: file } } });
    const filesOfAlice = async (files: Readonly<Record<string, string>>): Promise<void> => {
      for (const [name, input] of Object.entries(files))
        await cluster().run("login", ["tee", name], { user: "alice", input });
    };

    test("that refuses is tried again, and named with the port that nobody listens to", async () => {
      const head = headOf();
      await cluster().fault.killSshd("broken");
      expect(await thrownBy(head.open("broken", by()))).toMatchObject({
        name: "LaunchError",
        message: expect.stringMatching(/the agent on broken.*port 22: .*(?:ECONNREFUSED|Connection refused)/s),
      });
      expect(head.logged).toEqual([
        expect.stringMatching(/^broken: attempt 1 of 2 failed, the next one comes in [\d.]+ m?s: .*refused/is),
      ]);
      await cluster().fault.heal("broken");
    });

    test("that takes the connection and says nothing is given up after the time for connecting", async () => {
      const head = headOf();
      await cluster().fault.killSshd("broken");
      const silent = cluster().spawn("broken", [
        NODE,
        "-e",
        "require('net').createServer(() => {}).listen(22, () => console.log('listening'))",
      ]);
      await once(silent.stdout ?? silent, "data");
      expect(await thrownBy(head.open("broken", by({ times: { connectTimeoutMs: 1_000 } })))).toMatchObject({
        message: expect.stringMatching(/the agent on broken.*within 1 s/s),
      });
      expect(head.logged).toEqual([expect.stringMatching(/^broken: attempt 1 of 2 failed/)]);
      silent.kill("SIGKILL");
      await once(silent, "close");
      await cluster().fault.heal("broken");
    });

    test("whose shell hangs is given up after the time for connecting", async () => {
      const head = headOf();
      expect(
        await thrownBy(head.open("sleepy", by({ times: { connectTimeoutMs: 10_000 }, reach: { attempts: 1 } }))),
      ).toMatchObject({
        message: expect.stringMatching(/the agent on sleepy .*: it did not greet within 10 s.*ForceCommand/s),
      });
      await expect.poll(() => leftOn(cluster(), "login"), PATIENT).toEqual([]);
      await expect
        .poll(() => leftOn(cluster(), "sleepy").filter(({ argv }) => argv[0]?.startsWith("sshd") === true), PATIENT)
        .toEqual([]);
    });

    test("that drops the first attempts (MaxStartups) is reached by the next one, and the log tells", async () => {
      const head = headOf();
      const before = (await cluster().sshSessions("picky")).length;
      // Somebody who never logs in takes the only place.
      const holder = cluster().spawn("login", [
        "bash",
        "-c",
        "exec 3<>/dev/tcp/picky/22; read -u 3 line; echo $line; sleep 1000",
      ]);
      await once(holder.stdout ?? holder, "data");
      const opening = head.open("picky", by({ reach: { attempts: 5, pauseMs: 1_000 } }));
      await expect.poll(() => head.logged.length, PATIENT).toBe(2);
      holder.kill("SIGKILL");
      expect(await (await opening).call("square", 6)).toBe(36);
      expect(head.logged).toEqual(
        [1, 2].map((number) => expect.stringMatching(new RegExp(`^picky: attempt ${number} of 5 failed`))),
      );
      await expect
        .poll(
          async () =>
            (await cluster().sshSessions("picky"))
              .slice(before)
              .map(({ outcome }) => outcome)
              .toSorted(),
          PATIENT,
        )
        .toEqual(["accepted", "dropped", "dropped", "refused"]);
    });

    test.each([
      ["has changed", "good", /\/home\/alice\/known-good:1\b/],
      ["is not known", "elsewhere", /\/home\/alice\/known-elsewhere|host key is known for good/],
    ])("whose host key %s is refused at once, and not tried again", async (_, name, message) => {
      const head = headOf();
      const other = (
        await cluster().run("login", ["sh", "-c", "grep '^picky' /etc/ssh/ssh_known_hosts | head -n 1"])
      ).stdout
        .split(" ")
        .slice(1)
        .join(" ");
      const before = (await cluster().sshSessions("good")).length;
      await filesOfAlice({
        [`known-${name}`]: `${name} ${other}`,
        [`config-${name}`]: `Host good\nUserKnownHostsFile /home/alice/known-${name}\nGlobalKnownHostsFile none\nStrictHostKeyChecking yes\n`,
      });
      expect(await thrownBy(head.open("good", configured(`/home/alice/config-${name}`)))).toMatchObject({
        message: expect.stringMatching(message),
        transient: false,
      });
      expect(head.logged).toEqual([]);
      await expect
        .poll(async () => (await cluster().sshSessions("good")).slice(before), PATIENT)
        .toMatchObject([{ outcome: "refused" }]);
    });

    test("that lets nobody log in now (/etc/nologin) is named with what its file says", async () => {
      await cluster().run("login", ["tee", "/etc/nologin"], { input: "Maintenance until noon.\n" });
      const error = await thrownBy(headOf().open("good", by()));
      await cluster().run("login", ["rm", "/etc/nologin"]);
      expect(error).toMatchObject({
        message: expect.stringMatching(/Maintenance until noon\..*lets nobody log in now/s),
      });
    });

    test("whose account has expired is not tried again, and the message says what may be wrong with it", async () => {
      await cluster().run("login", ["chage", "-E", "1", "faye"]);
      const error = await thrownBy(headOf("faye").open("good", by()));
      await cluster().run("login", ["chage", "-E", "-1", "faye"]);
      expect(error).toMatchObject({
        message: expect.stringMatching(/Permission denied \(publickey\).*locked or expired/s),
        transient: false,
      });
    });

    test("that refuses says so also where the person's configuration wants ssh to say nothing", async () => {
      const head = headOf();
      await filesOfAlice({ "config-quiet": "Host *\n  LogLevel QUIET\n" });
      await cluster().fault.killSshd("broken");
      expect(await thrownBy(head.open("broken", configured("/home/alice/config-quiet")))).toMatchObject({
        message: expect.stringMatching(/port 22: .*(?:ECONNREFUSED|Connection refused)/s),
      });
      await cluster().fault.heal("broken");
    });

    test.each([
      ["is not there", "/opt/nowhere/node", /\/opt\/nowhere\/node.*Node\.js is not there on that node under the path/s],
      ["is too old", "/home/alice/old-node", /ERR_UNKNOWN_FILE_EXTENSION.*The Node\.js of that node is too old/s],
      ["may not be run", "/home/alice/no-program", /Permission denied.*The account may not run Node\.js/s],
    ])("whose Node.js %s says so at once", async (_, nodePath, message) => {
      await filesOfAlice({ "old-node": OLD_NODE, "no-program": "" });
      await cluster().run("login", ["chmod", "+x", "old-node"], { user: "alice" });
      const head = headOf();
      expect(await thrownBy(head.open("good", by({ nodePath })))).toMatchObject({
        message: expect.stringMatching(message),
        transient: false,
      });
      expect(head.logged).toEqual([]);
    });

    test("without our files says so at once", async () => {
      await cluster().run("broken", ["umount", "-l", "/srv/checkout"]);
      const head = headOf();
      expect(await thrownBy(head.open("broken", by()))).toMatchObject({
        message: expect.stringMatching(
          /Cannot find module.*agent-main.*The files of hyperion-ts are not there on that node/s,
        ),
        transient: false,
      });
    });
  });
});
