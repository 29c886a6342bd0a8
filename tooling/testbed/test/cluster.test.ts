import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnTestbed, testbed, TestbedError } from "../src/index.ts";
import type { Testbed } from "../src/index.ts";

describeOnTestbed(describe)("a cluster of six uneven nodes", () => {
  let cluster: Testbed;
  beforeAll(async () => {
    cluster = await testbed();
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });
  const asAlice = async (...command: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await cluster.run("login", command, { user: "alice" });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return stdout.trim();
  };
  const sortedLines = (text: string): readonly string[] => text.trim().split("\n").sort();

  describe("Slurm", () => {
    it("runs an ordinary user's srun on every node", async () => {
      expect(sortedLines(await asAlice("srun", "-N6", "hostname"))).toEqual(["gpu1", "n1", "n2", "n3", "n4", "n5"]);
    });

    it("tells how a batch job ended, and where its output is", async () => {
      const id = await cluster.sbatch("#!/bin/sh\nwhoami\nexit 3\n", { user: "alice", args: ["-N2"] });
      const { state, exitCode, parts } = await cluster.waitForJob(id);
      expect({ state, exitCode, nodes: parts[0]?.nodes.length }).toEqual({ state: "FAILED", exitCode: 3, nodes: 2 });
      expect(await cluster.readFile(parts[0]?.outputFile ?? "")).toBe("alice\n");
      expect((await cluster.jobs()).map((job) => job.id)).toContain(id);
    });

    it("lets a program on the login node use the nodes that salloc gives it", async () => {
      const { stdout } = await cluster.run(
        "login",
        ["salloc", "--quiet", "-w", "n2,n3", "sh", "-c", "hostname; srun hostname"],
        { user: "alice" },
      );
      expect(sortedLines(stdout)).toEqual(["login", "n2", "n3"]);
    });

    it("knows an array's tasks one by one", async () => {
      const id = await cluster.sbatch("#!/bin/sh\nexit $SLURM_ARRAY_TASK_ID\n", {
        user: "alice",
        args: ["--array=0-2"],
      });
      const { state, parts } = await cluster.waitForJob(id);
      const ends = parts.map(({ array, exitCode }) => `${array?.index}: ${exitCode}`).sort();
      expect({ state, ends }).toEqual({ state: "FAILED", ends: ["0: 0", "1: 1", "2: 2"] });
    });

    it("knows a heterogeneous job's components", async () => {
      const id = await cluster.sbatch(
        "#!/bin/sh\n#SBATCH -w n1\n#SBATCH hetjob\n#SBATCH -w n2\nsrun --het-group=0,1 hostname\n",
        { user: "alice" },
      );
      const { state, parts } = await cluster.waitForJob(id);
      expect({ state, nodes: parts.map(({ het, nodes }) => [het?.offset, ...nodes]) }).toEqual({
        state: "COMPLETED",
        nodes: [
          [0, "n1"],
          [1, "n2"],
        ],
      });
      expect(sortedLines(await cluster.readFile(parts[0]?.outputFile ?? ""))).toEqual(["n1", "n2"]);
    });

    it("hands out GPUs, and the layout of sockets and threads", async () => {
      expect(await asAlice("srun", "--gres=gpu:2", "sh", "-c", "echo $(hostname) $CUDA_VISIBLE_DEVICES")).toBe(
        "gpu1 0,1",
      );
      expect(await asAlice("scontrol", "show", "node", "n5", "--oneliner")).toMatch(
        /CoresPerSocket=2 .*CPUTot=8 .*Sockets=2 .*ThreadsPerCore=2 /,
      );
    });

    it("says in an error what Slurm said", async () => {
      const refused = cluster.sbatch("#!/bin/sh\n", { args: ["--partition=nowhere"] });
      await expect(refused).rejects.toThrow(TestbedError);
      await expect(refused).rejects.toThrow(/sbatch .*invalid partition specified: nowhere/s);
    });
  });

  describe("users", () => {
    it("go from node to node by ssh, without a question", async () => {
      expect(await asAlice("ssh", "n1", "ssh gpu1 'ssh login \"hostname; whoami\"'")).toBe("login\nalice");
      expect(await cluster.run("n1", ["ssh", "n2", "whoami"])).toEqual({ exitCode: 0, stdout: "root\n", stderr: "" });
    });

    it("are strangers to each other", async () => {
      const asBob = async (...command: readonly string[]): Promise<string> =>
        (await cluster.run("n1", command, { user: "bob" })).stderr;
      expect(await asBob("ssh", "alice@n2", "true")).toContain("alice@n2: Permission denied (publickey)");
      expect(await asBob("ls", "/home/alice")).toContain("Permission denied");
      expect(await asBob("cat", cluster.keys["alice"] ?? "")).toContain("Permission denied");
    });

    it("show up in sshd's log, as whom they came and whether they were let in", async () => {
      const before = (await cluster.sshSessions("n3")).length;
      await asAlice("ssh", "n3", "true");
      await cluster.run("n1", ["ssh", "alice@n3", "true"], { user: "bob" });
      const [first, second] = (await cluster.sshSessions("n3")).slice(before);
      expect(first).toMatchObject({ outcome: "accepted", user: "alice", address: cluster.login.address, channels: 1 });
      await expect
        .poll(async () => (await cluster.sshSessions("n3")).slice(before).map((session) => "endedAt" in session), {
          timeout: 60_000,
        })
        .toEqual([true, true]);
      expect(second).toMatchObject({ user: "alice", address: cluster.nodes[0]?.address });
      expect((await cluster.sshSessions("n3"))[before + 1]?.outcome).toBe("refused");
    });
  });

  describe("commands", () => {
    it("get the arguments, the environment, the folder and the input that they were given, and nothing else", async () => {
      const script = 'printf "%s|" "$1" "$A" "$PWD" "$HOME" "$SECRET"; cat';
      const options = { user: "bob", cwd: "/srv", env: { A: "a b" }, input: "read" };
      process.env["SECRET"] = "of this process";
      expect((await cluster.run("n2", ["sh", "-c", script, "sh", "it's $(one)"], options)).stdout).toBe(
        "it's $(one)|a b|/srv|/home/bob||read",
      );
    });

    it("end with data: a code, or a signal's number as shells have it", async () => {
      const { exitCode } = await cluster.run("n1", ["sh", "-c", "exit 7"]);
      const killed = await cluster.run("n1", ["sh", "-c", "kill -9 $$"]);
      const absent = await cluster.run("n1", ["no-such-command"]);
      expect([exitCode, killed.exitCode, absent.exitCode]).toEqual([7, 137, 127]);
    });

    it("are reached by signals, and leave the node when they are aborted", async () => {
      const child = cluster.spawn("n1", ["sleep", "1000"], { user: "alice" });
      const sleeps = (): readonly string[] =>
        cluster
          .processes("n1")
          .filter(({ argv }) => argv[1] === "1000")
          .map(({ user, argv }) => `${user} ${argv[0]}`);
      await expect.poll(sleeps, { timeout: 60_000 }).toEqual(["alice sleep"]);
      const closed = once(child, "close");
      child.kill("SIGUSR1");
      expect(await closed).toEqual([null, "SIGUSR1"]);
      const aborter = new AbortController();
      const aborted = cluster.run("n1", ["sleep", "1000"], { signal: aborter.signal });
      await expect.poll(sleeps, { timeout: 60_000 }).toEqual(["root sleep"]);
      aborter.abort();
      await expect(aborted).rejects.toThrow("aborted");
      expect(sleeps()).toEqual([]);
    });

    it("that lose their parent are buried by the node, and those that stay are found", async () => {
      await cluster.run("n4", ["sh", "-c", "(sleep 0.1; sleep 999) >/dev/null 2>&1 & exit"]);
      const argv = (): readonly (readonly string[])[] => cluster.processes("n4").map(({ argv }) => argv);
      await expect.poll(argv, { timeout: 60_000 }).toContainEqual(["sleep", "999"]);
      const zombies = await cluster.run("n4", ["sh", "-c", "grep -l '^State:.Z' /proc/[0-9]*/status | wc -l"]);
      expect(zombies.stdout).toBe("0\n");
      for (const { pid } of cluster.processes("n4")) process.kill(pid, "SIGKILL");
    });

    it("are refused on a node that is not there, with the names that are", async () => {
      await expect(cluster.run("n9", ["true"])).rejects.toThrow(/no node called "n9".*login, n1, n2/);
    });
  });
});
