import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { endHolder } from "../src/holder.ts";
import type { Holder } from "../src/holder.ts";
import { describeOnTestbed, releases, testbed, testbedMissing } from "../src/index.ts";
import { makeTestbed } from "../src/testbed.ts";
import { inNamespaces, machine, processesOf } from "./fixtures/traces.ts";

const SMALL = {
  nodes: [
    { name: "n1", cpus: 1 },
    { name: "gpu1", cpus: 1, gpus: 1 },
  ],
};

describeOnTestbed(describe)("nothing is left of a cluster", () => {
  const before = machine();
  const goneAfter = async (holder: Holder, end: () => Promise<unknown> | void): Promise<void> => {
    const { pids, namespaces } = processesOf(holder);
    expect({ many: pids.length > 10, apart: namespaces.names.size > 10 }).toEqual({ many: true, apart: true });
    await end();
    await expect.poll(() => inNamespaces(namespaces), { timeout: 60_000 }).toEqual([]);
    expect(machine()).toEqual(before);
  };

  it("that was ended, three times in a row", async () => {
    for (let round = 0; round < 3; round++) {
      const { holder } = await makeTestbed(SMALL, "with-this-process");
      await goneAfter(holder, () => endHolder(holder));
    }
  });

  it.each(releases.filter((release) => testbedMissing({ release }) === null || process.env["CI"] === "true"))(
    "of Debian %s that was ended, ten times in a row",
    async (release) => {
      for (let round = 0; round < 10; round++) {
        const { holder } = await makeTestbed({ ...SMALL, release }, "until-ended");
        await goneAfter(holder, () => endHolder(holder));
      }
    },
  );

  it("whose holder was killed, whichever of its two processes", async () => {
    for (const part of ["outer", "init"] as const) {
      const { holder } = await makeTestbed(SMALL, "until-ended");
      await goneAfter(holder, () => void process.kill(holder[part].pid, "SIGKILL"));
    }
  });

  it.skipIf(testbedMissing({ accounting: true }) !== null)("that had accounting", async () => {
    const { holder } = await makeTestbed({ ...SMALL, accounting: true }, "with-this-process");
    await goneAfter(holder, () => endHolder(holder));
  });

  it("whose maker was killed", async () => {
    const maker = spawn(process.execPath, [join(import.meta.dirname, "fixtures/maker.ts")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(createInterface({ input: maker.stdout }), "line")) as [string];
    await goneAfter(JSON.parse(line) as Holder, () => void maker.kill("SIGKILL"));
  });

  it("that did not come up, and the error says why", async () => {
    const broken = testbed({ ...SMALL, slurm: { SelectType: "select/no-such-plugin" } });
    await expect(broken).rejects.toThrow(/slurm(ctld|d).* did not start[^]*no-such-plugin/);
    const sshd = testbed({ ...SMALL, sshd: { NoSuchSetting: "yes" } });
    await expect(sshd).rejects.toThrow(/sshd.* did not start[^]*NoSuchSetting/);
    expect(machine()).toEqual(before);
  });
});
