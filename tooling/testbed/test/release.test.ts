import { existsSync, readdirSync } from "node:fs";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnTestbed, releases, testbed, testbedMissing } from "../src/index.ts";
import type { Testbed } from "../src/index.ts";
import { planCluster } from "../src/cluster-plan.ts";
import { rootOf } from "../src/release.ts";

const VERSIONS = {
  bookworm: ["22.05.", "OpenSSH_9.2"],
  trixie: ["24.11.", "OpenSSH_10.0"],
  sid: ["", "OpenSSH_10."],
} as const;

describe.each(releases)("a cluster of Debian %s", (release) => {
  describeOnTestbed(describe, { release })("", () => {
    let cluster: Testbed;
    beforeAll(async () => {
      cluster = await testbed({
        release,
        nodes: [
          { name: "n1", cpus: 2 },
          { name: "n2", sockets: 1, coresPerSocket: 2, threadsPerCore: 2, gpus: 1 },
        ],
      });
    });
    afterAll(async () => {
      await cluster[Symbol.asyncDispose]();
    });
    const asAlice = async (...command: readonly string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await cluster.run("login", command, { user: "alice" });
      expect({ command, exitCode, stderr }).toEqual({ command, exitCode: 0, stderr: "" });
      return stdout.trim();
    };

    it("has its Slurm, ssh and shells", async () => {
      const [slurm, openssh] = VERSIONS[release];
      expect(await asAlice("sinfo", "--version")).toContain(`slurm-wlm ${slurm}`);
      expect((await cluster.run("n1", ["ssh", "-V"])).stderr).toContain(openssh);
      expect(await asAlice("ssh", "n2", "sh -c 'hostname; ls /bin/tcsh /bin/zsh /usr/bin/fish'")).toBe(
        "n2\n/bin/tcsh\n/bin/zsh\n/usr/bin/fish",
      );
      expect(existsSync(rootOf(release))).toBe(true);
      expect(testbedMissing({ release })).toBe(null);
    });

    it("runs jobs: over two nodes, in an array, heterogeneous, with a GPU", async () => {
      expect((await asAlice("srun", "-N2", "--gpus=0", "hostname")).split("\n").sort()).toEqual(["n1", "n2"]);
      expect(await asAlice("salloc", "--quiet", "-w", "n1", "srun", "hostname")).toBe("n1");
      expect(await asAlice("srun", "--gres=gpu:1", "sh", "-c", "echo $(hostname) $CUDA_VISIBLE_DEVICES")).toBe("n2 0");
      const array = await cluster.sbatch("#!/bin/sh\nexit $SLURM_ARRAY_TASK_ID\n", {
        user: "alice",
        args: ["--array=0-1"],
      });
      const het = await cluster.sbatch(
        "#!/bin/sh\n#SBATCH -w n1\n#SBATCH hetjob\n#SBATCH -w n2\nsrun --het-group=0,1 hostname | sort\n",
        { user: "alice" },
      );
      expect((await cluster.waitForJob(array)).parts.map(({ exitCode }) => `${exitCode}`).sort()).toEqual(["0", "1"]);
      const { state, parts } = await cluster.waitForJob(het);
      expect([state, await cluster.readFile(parts[0]?.outputFile ?? "")]).toEqual(["COMPLETED", "n1\nn2\n"]);
    });

    it("has the machine's files at the machine's paths, but for /usr, which nobody can change, and /etc", async () => {
      await using folder = await mkdtempDisposable(join(tmpdir(), "testbed-release-"));
      await writeFile(join(folder.path, "program.mjs"), "console.log(process.version);\n");
      expect((await cluster.run("n1", [process.execPath, join(folder.path, "program.mjs")])).stdout).toBe(
        `${process.version}\n`,
      );
      const { exitCode, stderr } = await cluster.run("n1", ["touch", "/usr/bin/new"]);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining("Read-only file system")]);
      expect((await asAlice("ls", "/usr/local")).split("\n").sort()).toEqual(readdirSync("/usr/local").sort());
      // sid is what the next release will be made of, and has its name.
      const name = await asAlice("sh", "-c", ". /etc/os-release; echo $VERSION_CODENAME");
      expect(releases.indexOf(release)).toBe(releases.findIndex((other) => other === name || other === "sid"));
    });

    it("shares a folder of the machine's /usr at another place", async () => {
      await using other = await testbed({
        release,
        nodes: [{ name: "n1", cpus: 1 }],
        share: [{ from: "/usr/share/doc", to: "/srv/machine/doc" }],
      });
      expect((await other.run("n1", ["ls", "/srv/machine/doc/util-linux"])).exitCode).toBe(0);
    });
  });
});

describe.each(releases)("a cluster of Debian %s with cgroups", (release) => {
  describeOnTestbed(describe, { release, cgroups: true })("", () => {
    it("pins jobs, and ends those that use too much memory", async () => {
      await using cluster = await testbed({ release, cgroups: true });
      const srun = async (...command: readonly string[]): Promise<string> => {
        const { stdout, stderr } = await cluster.run("login", ["srun", "-c1", "--mem=50", ...command], {
          user: "alice",
        });
        return stdout + stderr;
      };
      expect(await srun("grep", "Cpus_allowed_list", "/proc/self/status")).toMatch(/^Cpus_allowed_list:\t\d+\n$/);
      expect(await srun("perl", "-e", "$x = 'a' x 200_000_000")).toMatch(/Out Of Memory/);
    });
  });
});

it("a release that there is none of is refused, with those that there are", () => {
  // @ts-expect-error its name is a type
  expect(() => planCluster({ release: "potato" })).toThrow(/there is no release "potato", only bookworm, trixie, sid/);
});
