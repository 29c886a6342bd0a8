import { KeyObject } from "node:crypto";
import { once } from "node:events";
import ssh2 from "ssh2";
import { describe, expect, test } from "vitest";
import { packetKeys, quickenPackets } from "../src/packet-keys.ts";
import { faultyServer } from "./faulty-ssh-server.ts";
import { sshWorld } from "./ssh-world.ts";

describe("the keys of packets", () => {
  test.each(["aes128-gcm@openssh.com", "aes128-ctr", "chacha20-poly1305@openssh.com"] as const)(
    "are key objects for %s, with the version of ssh2 that we have",
    async (cipher) => {
      await using world = sshWorld();
      const port = await faultyServer(world, "n1", {});
      const client = new ssh2.Client();
      client.connect({
        host: "127.0.0.1",
        port,
        username: "ada",
        hostVerifier: () => true,
        algorithms: { cipher: [cipher] },
      });
      quickenPackets(client);
      await once(client, "ready");
      const keys = packetKeys(client).map(({ key }) => key instanceof KeyObject);
      expect(keys.length).toBeGreaterThanOrEqual(2);
      expect(keys).not.toContain(false);
      client.destroy();
      await once(client, "close");
    },
  );
});
