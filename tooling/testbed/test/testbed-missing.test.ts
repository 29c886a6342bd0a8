import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { describeOnTestbed } from "../src/index.ts";
import { makeReleaseRoot } from "../src/release-root.ts";

const index = join(import.meta.dirname, "../src/index.ts");

/** What a program prints whose machine lacks what these commands hide from it. */
async function elsewhere(
  program: string,
  hiding: readonly string[],
  worlds: readonly string[] = ["--mount"],
): Promise<string> {
  const args = [
    ...worlds,
    "sh",
    "-c",
    ["set -e", ...hiding, 'exec "$@"'].join("\n"),
    "sh",
    process.execPath,
    "--input-type=module",
    "-e",
    program,
  ];
  return (await promisify(execFile)("unshare", args)).stdout.trim();
}

const ask = (options: string): string =>
  `const { testbedMissing } = await import(${JSON.stringify(index)}); console.log(testbedMissing(${options}));`;
const hide = (path: string): string => `[ ! -e ${path} ] || mount --bind /dev/null ${path}`;
const NO_ROOTS = "mount -t tmpfs tmpfs /var/cache";
const noDaemons = [
  "/usr/sbin/slurmctld",
  "/usr/sbin/slurmd",
  "/usr/bin/sbatch",
  "/usr/sbin/munged",
  "/usr/sbin/sshd",
  "/usr/bin/perl",
].map(hide);

describeOnTestbed(describe)("what is lacking for a testbed is said, with what to do:", () => {
  it("the machine's own daemons, where no release is asked for", async () => {
    expect(await elsewhere(ask("{}"), noDaemons)).toMatch(
      /needs slurmctld, slurmd, sbatch, munged, sshd, perl; `npm run testbed -- install`/,
    );
  });

  it("the program that makes a release's root file system", async () => {
    expect(await elsewhere(ask('{ release: "sid" }'), [NO_ROOTS, hide("/usr/bin/mmdebstrap")])).toMatch(
      /needs mmdebstrap; `npm run testbed -- install --release sid` installs it/,
    );
  });

  it("a mirror of Debian, because apt knows none, or because there is no network", async () => {
    const says = /needs its packages, and none of the archives in this machine's \/etc\/apt has them/;
    expect(await elsewhere(ask('{ release: "trixie" }'), [NO_ROOTS, "mount -t tmpfs tmpfs /etc/apt"])).toMatch(says);
    expect(await elsewhere(ask('{ release: "trixie" }'), [NO_ROOTS], ["--mount", "--net"])).toMatch(says);
  });
});

describeOnTestbed(describe, { release: "trixie" })("a machine without Slurm and network", () => {
  it("has clusters of a release whose root file system is there", async () => {
    await makeReleaseRoot("trixie");
    const program = `const { testbed } = await import(${JSON.stringify(index)});
      await using cluster = await testbed({ release: "trixie", nodes: [{ name: "n1", cpus: 1 }] });
      console.log((await cluster.run("login", ["srun", "scontrol", "--version"], { user: "alice" })).stdout);`;
    expect(await elsewhere(program, noDaemons, ["--mount", "--net"])).toMatch(/^slurm-wlm 24\.11\./);
  });
});
