import { expect, it } from "vitest";
import { parseSshLog } from "../src/ssh-sessions.ts";

/** OpenSSH 9.2 and, at the end, 10.0 at LogLevel VERBOSE, as the testbed writes it down. */
const log = [
  "100.5 Server listening on 10.99.0.3 port 22.",
  '101 Connection from 10.99.0.1 port 60250 on 10.99.0.3 port 22 rdomain ""',
  "102 Accepted key ED25519 SHA256:abc found at /home/alice/.ssh/authorized_keys:1",
  "103 Accepted publickey for alice from 10.99.0.1 port 60250 ssh2: ED25519 SHA256:abc",
  "104 Starting session: command for alice from 10.99.0.1 port 60250 id 0",
  "105 Starting session: command for alice from 10.99.0.1 port 60250 id 1",
  '106 Connection from 10.99.0.1 port 60252 on 10.99.0.3 port 22 rdomain ""',
  "107 Failed publickey for bob from 10.99.0.1 port 60252 ssh2: ED25519 SHA256:def",
  "108 Connection closed by authenticating user bob 10.99.0.1 port 60252 [preauth]",
  "109 drop connection #4 from [10.99.0.4]:60346 on [10.99.0.3]:22 past MaxStartups",
  "110 Received disconnect from 10.99.0.1 port 60250:11: disconnected by user",
  "111 Disconnected from user alice 10.99.0.1 port 60250",
  '112 Connection from 10.99.0.1 port 60250 on 10.99.0.3 port 22 rdomain ""',
  "113 Invalid user carol from 10.99.0.1 port 60250",
  "114 srclimit_penalise: 10.99.0.4/32: activating ipv4 penalty of 19 seconds for penalty: failed authentication",
  "115 drop connection #0 from [10.99.0.4]:60348 on [10.99.0.3]:22 penalty: failed authentication",
].map((line) => `${line}\r\n`);

it("sshd's log tells who came, from where, and what became of it", () => {
  const [from1, from4] = ["10.99.0.1", "10.99.0.4"];
  expect(parseSshLog(log.join(""))).toEqual([
    {
      outcome: "accepted",
      user: "alice",
      channels: 2,
      address: from1,
      port: 60250,
      startedAt: 101_000,
      endedAt: 110_000,
    },
    { outcome: "refused", user: "bob", address: from1, port: 60252, startedAt: 106_000, endedAt: 108_000 },
    { outcome: "dropped", address: from4, port: 60346, startedAt: 109_000 },
    { outcome: "pending", user: "carol", address: from1, port: 60250, startedAt: 112_000 },
    { outcome: "dropped", address: from4, port: 60348, startedAt: 115_000 },
  ]);
});
