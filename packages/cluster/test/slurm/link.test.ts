/** The link between a program on a login node and the heads of its jobs: quicker than files, and nothing depends on it. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HeadRecord } from "../../src/directory/job-record.ts";
import { ProgramCluster, type ProgramDir, untilSome } from "./program-cluster.ts";

/** All but the last take nine seconds together: files would bring the first of them when all are done. */
const XS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const LAST = 10;
const VALUES = XS.map((x) => x * x);

describeOnTestbed(describe)("the link to a head", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(4)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  const done = { kind: "done", jobs: [VALUES], singles: [] };
  /** The last call waits for a file, so that the job goes on as long as something is tried on it. */
  const request = { jobs: [XS], ms: 1_000, until: "go", waitsFrom: LAST };

  /** How many calls were done when the program's database first had one of them. */
  const doneAtFirstRow = async (dir: ProgramDir): Promise<number> =>
    await untilSome("row in the program's database", async () => {
      const count = dir.noted("done").length;
      return count > 0 && (await dir.squares()).size > 0 ? count : undefined;
    });

  /** The keys of all rows of the program's database, in their order. */
  function keysOf(dir: ProgramDir): readonly number[] {
    using database = new DatabaseSync(join(dir.path, "results.sqlite"), { readOnly: true });
    const rows = database.prepare("select key from hyperion_key_val where kv_map = 'squares' order by rowid").all();
    return rows.map(({ key }) => Number(key));
  }

  /** A file in the folder of the only job. */
  const inJobFolder = (dir: ProgramDir, name: string): string =>
    readFileSync(join(dir.path, "jobs", dir.jobFolders[0] ?? "", name), "utf8");

  const asBob = async (node: string, ...argv: readonly string[]) =>
    await cluster.testbed.run(node, argv, { user: "bob" });

  test.concurrent("by connect brings each result before the next ones are there, and lets no other user in", async () => {
    const dir = await cluster.dir("connect");
    const options = { attach: "connect" } as const;
    const running = dir.start({ ...request, sbatch: { nodelist: ["n1"] }, options });
    expect(await doneAtFirstRow(dir)).toBeLessThan(LAST - 1);
    const { socket, relay = "" }: HeadRecord = JSON.parse(inJobFolder(dir, "head.json"));
    expect(socket).toMatch(/^\/dev\/shm\/hyperion-ts-link-n1-\w+\/head$/);
    const connects =
      "require('node:net').connect(process.argv[1]).on('error', (e) => process.exit(e.code === 'EACCES' ? 13 : 1))";
    expect((await asBob("n1", "ls", "/dev/shm")).stdout).toContain("hyperion-ts-link-");
    expect((await asBob("n1", "/opt/node/node", "-e", connects, socket ?? "")).exitCode).toBe(13);
    // One that another user has made is not believed, either.
    const planted =
      "const f='/dev/shm/planted';require('node:fs').mkdirSync(f);require('node:net').createServer().listen(f+'/head')";
    const bob = cluster.testbed.spawn("n1", ["/opt/node/node", "-e", planted], { user: "bob" });
    await untilSome(
      "planted socket",
      async () => (await asBob("n1", "test", "-S", "/dev/shm/planted/head")).exitCode === 0,
    );
    const refused = await cluster.testbed.run("n1", ["/opt/node/node", relay, "/dev/shm/planted/head"], {
      user: "alice",
    });
    bob.kill("SIGKILL");
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringMatching(/belongs to user \d+/)]);
    dir.make("go");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual(done);
    expect(printed).not.toMatch(/could not be reached/);
    expect(keysOf(dir)).toEqual(XS);
  });

  test.concurrent("by call-back does so too, and nobody else has its key", async () => {
    const dir = await cluster.dir("call-back");
    const options = { attach: "call-back" } as const;
    const running = dir.start({ ...request, sbatch: { nodelist: ["n2"] }, options });
    expect(await doneAtFirstRow(dir)).toBeLessThan(LAST - 1);
    const [folder] = dir.jobFolders;
    const file = `${dir.inCluster}/jobs/${folder}/port.json`;
    expect((await asBob("login", "cat", file)).exitCode).toBe(1);
    const { port, identity, hosts } = JSON.parse(await cluster.command("cat", file));
    const calls =
      "const [port, identity] = process.argv.slice(1);" +
      "const psk = Buffer.alloc(32, 1);" +
      "require('node:tls').connect({ port: Number(port), minVersion: 'TLSv1.3', pskCallback: () => ({ psk, identity }), checkServerIdentity: () => undefined })" +
      ".on('secureConnect', () => process.exit(0)).on('error', () => process.exit(13))";
    expect((await asBob("login", "/opt/node/node", "-e", calls, String(port), identity)).exitCode).toBe(13);
    expect(hosts.length).toBeGreaterThan(1);
    dir.make("go");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual(done);
    expect(keysOf(dir)).toEqual(XS);
    expect(dir.jobFolders).toEqual([]);
  });

  test.concurrent("goes by a step of the job where nobody may log in, and by files where that is not allowed either", async () => {
    await cluster.testbed.fault.killSshd("n3");
    const dir = await cluster.dir("closed");
    const sbatch = { nodelist: ["n3"] };
    const running = dir.start({ ...request, sbatch });
    await running.says(/The link to Slurm job \d+ goes by srun, as n3 could not be reached otherwise: node-ssh: .*/);
    expect(await doneAtFirstRow(dir)).toBeLessThan(LAST - 1);
    dir.make("go");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual(done);
    expect(keysOf(dir)).toEqual(XS);

    const files = await cluster.dir("files");
    const node = join(files.path, "node");
    writeFileSync(join(files.path, "srun"), "#!/bin/sh\necho 'no steps here' >&2\nexit 1\n");
    writeFileSync(node, `#!/bin/sh\nPATH=${files.inCluster}:$PATH exec /opt/node/node "$@"\n`);
    for (const name of ["node", "srun"]) chmodSync(join(files.path, name), 0o755);
    const second = files.start({ ...request, sbatch }, { node: `${files.inCluster}/node` });
    await second.says(/come by files.*no link to its head on n3 \(it is tried again\): node-ssh: .*; srun: .*/s);
    files.make("go");
    await second.ended;
    expect(files.outcome, second.printed()).toEqual(done);
  });

  test.concurrent("that is cut for a while comes back, and has a job that nobody wants end in order", async () => {
    const dir = await cluster.dir("cut");
    const running = dir.start({
      jobs: [Array.from({ length: 100 }, (_, i) => i + 1)],
      ms: 700,
      sbatch: { nodelist: ["n4"] },
      failsWhen: "fail",
      options: { reach: { transport: { type: "ssh" } } },
    });
    expect(await doneAtFirstRow(dir)).toBeLessThan(4);
    const isLinked = (): boolean => cluster.left("n4").some((argv) => argv.includes("/relay-main"));
    await cluster.testbed.fault.cut("n4");
    await untilSome("end of the link", () => !isLinked());
    await cluster.testbed.fault.heal("n4");
    await untilSome("new link", isLinked);
    const before = (await dir.squares()).size;
    await untilSome("rows that come one by one again", async () => {
      const { size } = await dir.squares();
      return size > before + 2 && dir.noted("done").length - size < 3;
    });
    dir.make("fail");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toMatchObject({ kind: "failed", message: "the program fails" });
    // The head was told why, and has ended in order; scancel tells nothing.
    expect(inJobFolder(dir, "output")).toMatch(/failed after .*\n +Error: the program fails/);
    const { length } = dir.noted("done");
    const rows = keysOf(dir);
    expect(rows).toEqual(rows.map((_, i) => i + 1));
    expect(rows.length).toBeGreaterThan(length - 3);
    await cluster.untilNoJob();
  });
});
