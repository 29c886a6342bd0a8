import { expect, it } from "vitest";
import { parseUpOptions } from "../../src/cli/up-options.ts";

it("options become what the library takes", () => {
  const options = parseUpOptions({
    node: ["n1:2", "n2:2x4x2,mem=9000", "gpu1:4,gpus=2"],
    partition: ["main", "short:5", "long::n1,n2"],
    user: ["alice:/bin/tcsh", "bob"],
    sshd: ["MaxStartups=2:50:4"],
    slurm: ["SchedulerParameters=a=1,b=2"],
    share: ["/a:/srv/a"],
    "login-prints": "Hello",
    cgroups: true,
    limit: ["maxSubmitJobs=2", "grpTres=cpu=4,gres/gpu=1"],
    release: "sid",
    "sbatch-latency": "250",
  });
  expect(options).toEqual({
    nodes: [
      { name: "n1", cpus: 2 },
      { name: "n2", sockets: 2, coresPerSocket: 4, threadsPerCore: 2, memoryMb: 9000 },
      { name: "gpu1", cpus: 4, gpus: 2 },
    ],
    partitions: [{ name: "main" }, { name: "short", timeLimitMinutes: 5 }, { name: "long", nodes: ["n1", "n2"] }],
    users: [
      { name: "alice", shell: "/bin/tcsh", loginPrints: "Hello" },
      { name: "bob", loginPrints: "Hello" },
    ],
    sshd: { MaxStartups: "2:50:4" },
    slurm: { SchedulerParameters: "a=1,b=2" },
    share: [{ from: "/a", to: "/srv/a" }],
    cgroups: true,
    accounting: { limits: { maxSubmitJobs: 2, grpTres: "cpu=4,gres/gpu=1" } },
    release: "sid",
    sbatchLatencyMs: 250,
  });
  expect(parseUpOptions({})).toEqual({});
  expect(parseUpOptions({ accounting: true })).toEqual({ accounting: true });
});

it.each([
  ["node", "n1"],
  ["node", "n1:2x2"],
  ["partition", ":5"],
  ["sshd", "MaxStartups"],
  ["slurm", "=1"],
  ["limit", "maxJobs=some"],
  ["limit", "maxNothing=1"],
])("--%s %s is refused, with the form that it should have", (flag, text) => {
  expect(() => parseUpOptions({ [flag]: [text] })).toThrow(/should be NAME/);
});

it("a release that there is none of is refused, with those that there are", () => {
  expect(() => parseUpOptions({ release: "potato" })).toThrow(
    '--release "potato" can\'t be read: it should be one of bookworm, trixie, sid.',
  );
});
