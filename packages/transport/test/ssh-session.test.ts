import { describe, expect, test } from "vitest";
import { faultyServer } from "./faulty-ssh-server.ts";
import { noSshd } from "./ssh-server.ts";
import { sshWorld } from "./ssh-world.ts";

describe.skipIf(noSshd)("a session that has ended", () => {
  test("has all that the command wrote to its standard error, also when that came with the end", async () => {
    await using world = sshWorld();
    world.key("id");
    await faultyServer(world, "n1", {
      command: (session) =>
        session.on("exec", (accept) => {
          const channel = accept();
          channel.stderr.write("the reason\n");
          channel.exit(3);
          channel.end();
        }),
    });
    for (let i = 0; i < 10; i += 1) {
      await using session = await world.open("n1", ["true"]);
      session.stdout.resume();
      expect([await session.ended, session.lastErrors()]).toEqual([
        { type: "exited", code: 3, signal: null },
        "the reason",
      ]);
    }
  });
});
