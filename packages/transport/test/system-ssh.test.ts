import { expect, test } from "vitest";
import { sshFailure } from "../src/ssh-failure.ts";
import { systemSsh } from "../src/system-ssh.ts";
import { thrownBy } from "./world.ts";

// What OpenSSH 9.2 prints with exit code 255.
test.each([
  ["unreachable", "ssh: connect to host n1 port 22: Connection refused\r\n"],
  ["unreachable", "ssh: connect to host n1 port 22: Connection timed out\r\n"],
  ["unreachable", "Connection timed out during banner exchange\r\nConnection to 10.99.0.2 port 22 timed out\r\n"],
  [
    "unreachable",
    "kex_exchange_identification: read: Connection reset by peer\r\nConnection reset by 10.99.0.2 port 22\r\n",
  ],
  ["unreachable", "ssh: Could not resolve hostname n1: Temporary failure in name resolution\r\n"],
  [
    "unreachable",
    "Warning: Identity file /none not accessible: No such file or directory.\nssh: connect to host n1 port 22: Connection refused\r\n",
  ],
  ["unreachable", "client_loop: send disconnect: Broken pipe\r\n"],
  ["unreachable", ""],
  [
    "host-key",
    "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\nOffending ED25519 key in known:1\r\nHost key verification failed.\r\n",
  ],
  [
    "host-key",
    "No ED25519 host key is known for n1 and you have requested strict checking.\r\nHost key verification failed.\r\n",
  ],
  ["authentication", "alice@n1: Permission denied (publickey).\r\n"],
  [
    "authentication",
    "Received disconnect from 10.99.0.2 port 22:2: Too many authentication failures\r\nDisconnected from 10.99.0.2 port 22\r\n",
  ],
  [
    "authentication",
    "Access denied by pam_slurm_adopt: you have no active jobs on this node\r\nConnection closed by 10.99.0.2 port 22\r\n",
  ],
  [
    "authentication",
    "Your account has expired; please contact your system administrator.\r\nConnection closed by 10.99.0.2 port 22\r\n",
  ],
  ["authentication", "WARNING: Your password has expired.\nPassword change required but no TTY available.\n"],
  [
    "unreachable",
    '"System is booting up. Unprivileged users are not permitted to log in yet."\r\nConnection closed by 10.99.0.2 port 22\r\n',
  ],
  ["unsupported", "Unable to negotiate with 10.99.0.2 port 22: no matching cipher found. Their offer: aes128-ctr\r\n"],
  ["unsupported", "command-line: line 0: Bad configuration option: nosuchoption\r\n"],
  ["unsupported", "unknown option -- z\r\nusage: ssh [-46AaCfGgKkMNnqsTtVvXxYy]\n"],
])("the reason is %s when ssh says %j", (reason, stderr) => {
  expect(sshFailure(stderr).reason).toBe(reason);
});

test.each([
  ["Received disconnect from 10.99.0.2 port 22:2: Too many authentication failures\r\n", /IdentitiesOnly yes/],
  [
    "Access denied by pam_slurm_adopt: you have no active jobs on this node\r\nConnection closed\r\n",
    /the transport srun gets in/,
  ],
  ["", /said nothing \(is LogLevel set/],
])("what can be done about %j is said", (stderr, advice) => {
  expect(sshFailure(stderr).message).toMatch(advice);
});

test("a program that is not there is named", async () => {
  expect(
    await thrownBy(systemSsh({ command: "/nowhere/ssh" }).open("n1", ["true"], new AbortController().signal)),
  ).toMatchObject({
    name: "TransportError",
    reason: "unsupported",
    message: expect.stringContaining("/nowhere/ssh"),
  });
});

test("an argument that no shell can be given is refused before anything is started", async () => {
  expect(
    await thrownBy(systemSsh({ command: "false" }).open("n1", ["a\nb"], new AbortController().signal)),
  ).toBeInstanceOf(TypeError);
});
