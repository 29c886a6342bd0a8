import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeOnTestbed, testbed } from "../src/index.ts";

const TWO = [
  { name: "n1", cpus: 1 },
  { name: "n2", cpus: 1 },
];

describeOnTestbed(describe)("logins and options", () => {
  it("sshd shows its banner, and shells print what their start files say, whichever shell it is", async () => {
    const shells = ["/bin/bash", "/usr/bin/tcsh", "/usr/bin/fish"].filter(
      (shell) => existsSync(shell) || process.env["CI"] === "true",
    );
    const users = shells.map((shell, place) => ({ name: `user${place}`, shell, loginPrints: "Welcome!" }));
    await using cluster = await testbed({ nodes: TWO, users, sshd: { Banner: "Be good." } });
    for (const { name, shell } of users) {
      const { stdout, stderr } = await cluster.run("login", ["ssh", "n1", "echo $SHELL"], { user: name });
      expect({ stdout, stderr }).toEqual({ stdout: `Welcome!\n${shell}\n`, stderr: "Be good.\n" });
    }
  });

  it("sshd drops who comes when too many are logging in, on the node that was set so, and the log tells", async () => {
    const [n1, n2] = [
      { name: "n1", cpus: 1, sshd: { MaxStartups: "1", MaxSessions: "1" } },
      { name: "n2", cpus: 1 },
    ];
    await using cluster = await testbed({ nodes: [n1, n2] });
    const eightTo = (node: string): Promise<{ stdout: string }> =>
      cluster.run("login", ["bash", "-c", `for i in {1..8}; do ssh ${node} echo in & done; wait`], { user: "alice" });
    const { stdout } = await eightTo("n1");
    const outcomes = (await cluster.sshSessions("n1")).map(({ outcome }) => outcome);
    expect(outcomes).toContain("dropped");
    expect(outcomes.filter((outcome) => outcome === "accepted").length).toBe(stdout.split("in").length - 1);
    expect((await eightTo("n2")).stdout).toBe("in\n".repeat(8));
  });

  it("two clusters live side by side, with nodes of the same names and addresses", async () => {
    await using one = await testbed({ nodes: TWO });
    await using other = await testbed({
      nodes: TWO,
      partitions: [{ name: "short", timeLimitMinutes: 1, nodes: ["n1"] }, { name: "long" }],
    });
    await other.run("n1", ["touch", "/run/only-here"]);
    const answers = await Promise.all(
      [one, other].map((cluster) => cluster.run("n2", ["ssh", "n1", "hostname; ls /run/only-here"])),
    );
    expect(answers.map(({ stdout }) => stdout)).toEqual(["n1\n", "n1\n/run/only-here\n"]);
    expect((await other.run("login", ["sinfo", "-h", "-o", "%P %l %N"])).stdout).toBe(
      "short* 1:00 n1\nlong infinite n[1-2]\n",
    );
  });

  it("a shared folder is seen at its second place by ordinary users, and that place is not made on the machine", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "testbed-share-"));
    await writeFile(join(folder.path, "hello"), "shared\n");
    const made = ["/opt/testbed-share/deep", "/opt/testbed-share-2", "/srv/testbed-share", "/home/testbed-share"];
    const file = { from: join(folder.path, "hello"), to: "/srv/testbed-share-file" };
    const share = [...made.map((to) => ({ from: folder.path, to })), file, { from: folder.path, to: "/mnt" }];
    await using cluster = await testbed({ nodes: TWO, share });
    const paths = [...made.map((to) => `${to}/hello`), file.to, "/mnt/hello"];
    expect((await cluster.run("n1", ["cat", ...paths], { user: "root" })).stdout).toBe("shared\n".repeat(paths.length));
    expect([...made, file.to, "/mnt/hello"].filter((path) => existsSync(path))).toEqual([]);
    // mkdtemp's folders are their maker's alone.
    expect((await cluster.run("n1", ["cat", file.to], { user: "alice" })).stdout).toBe("shared\n");
  });
});
