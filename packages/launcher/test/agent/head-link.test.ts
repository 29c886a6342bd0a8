import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { acknowledgesIn, HeadLink } from "../../src/agent/head-link.ts";

const HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
/** The line of a connection with its timer, its repetitions, and its unanswered probes. */
const line = (ends: string, timer: string, repeated: string, probes: string): string =>
  `   8: ${ends} 01 00000001:00000000 ${timer} ${repeated}     0        ${probes} 2504574 2 000000009e27b286 40 0 0 1 -1                    `;
const PAIR = { localAddress: "127.0.0.1", localPort: 38_535, remoteAddress: "127.0.0.1", remotePort: 51_396 };
const ENDS = "0100007F:9687 0100007F:C8C4";
const OTHER_ENDS = "0100007F:C8C4 0100007F:9687";

// Lines as Linux 6 wrote them of connections that were idle, were cut off while they sent, or whose other end did not read.
describe("acknowledgesIn", () => {
  test.each([
    ["that is idle", line(ENDS, "00:00000000", "00000000", "0"), true],
    ["whose data is on its way", line(ENDS, "01:0000000A", "00000000", "0"), true],
    ["that repeated its data once", line(ENDS, "01:0000001F", "00000001", "0"), true],
    ["that repeated its data three times", line(ENDS, "01:0000001C", "00000003", "0"), false],
    ["that repeated its data sixteen times", line(ENDS, "01:0000007D", "00000010", "0"), false],
    ["with keepalive", line(ENDS, "02:000AFC80", "00000000", "0"), true],
    ["whose reader is slow and answers", line(ENDS, "04:0000011D", "00000000", "0"), true],
    ["whose reader is slow, with a question on its way", line(ENDS, "04:00000051", "00000000", "1"), true],
    ["whose reader left three questions unanswered", line(ENDS, "04:00000145", "00000000", "3"), false],
    ["that is not there", line("0100007F:9687 0100007F:C8C5", "00:00000000", "00000000", "0"), false],
  ])("of a connection %s", (_, text, expected) => {
    // The other end is here, too, and says nothing of this one.
    expect(
      acknowledgesIn(
        [HEADER, line(OTHER_ENDS, "01:0000001C", expected ? "00000009" : "00000000", "0"), text, ""],
        PAIR,
      ),
    ).toBe(expected);
  });

  test.each([
    [
      "IPv6",
      { localAddress: "::1", localPort: 37_647, remoteAddress: "::1", remotePort: 44_212 },
      "00000000000000000000000001000000:930F 00000000000000000000000001000000:ACB4",
    ],
    [
      "IPv6 with a zone",
      { localAddress: "fe80::1%eth0", localPort: 22, remoteAddress: "fe80::a:2%eth0", remotePort: 4 },
      "000080FE000000000000000001000000:0016 000080FE000000000000000002000A00:0004",
    ],
    [
      "IPv4 inside of IPv6",
      { localAddress: "::ffff:127.0.0.1", localPort: 38_305, remoteAddress: "::ffff:127.0.0.1", remotePort: 48_398 },
      "0000000000000000FFFF00000100007F:95A1 0000000000000000FFFF00000100007F:BD0E",
    ],
    // sshd shows the plain address of a connection to an IPv6 socket.
    [
      "IPv4 inside of IPv6, written as IPv4",
      { localAddress: "127.0.0.1", localPort: 38_305, remoteAddress: "127.0.0.1", remotePort: 48_398 },
      "0000000000000000FFFF00000100007F:95A1 0000000000000000FFFF00000100007F:BD0E",
    ],
  ])("finds an address in %s", (_, ofPair, theseEnds) => {
    expect(acknowledgesIn([line(theseEnds, "00:00000000", "00000000", "0")], ofPair)).toBe(true);
    expect(acknowledgesIn([line(theseEnds, "01:0000001C", "00000003", "0")], ofPair)).toBe(false);
  });
});

describe("HeadLink", () => {
  test.each(["127.0.0.1", "::1"])(
    "finds a connection of this machine over %s, and misses it when it is gone",
    async (host) => {
      const server = createServer((other) => other.on("error", () => undefined).resume());
      server.listen(0, host);
      await once(server, "listening");
      const address = server.address();
      const socket: Socket = connect(typeof address === "object" && address !== null ? address.port : 0, host);
      await once(socket, "connect");
      const link = HeadLink.ofSocket(socket);
      const { localAddress, localPort, remoteAddress, remotePort } = socket;
      const bySsh = HeadLink.ofSsh({ SSH_CONNECTION: `${remoteAddress} ${remotePort} ${localAddress} ${localPort}` });
      expect([link.acknowledges(), bySsh.acknowledges()]).toEqual([true, true]);
      socket.resetAndDestroy();
      await once(socket, "close");
      expect([link.acknowledges(), bySsh.acknowledges()]).toEqual([false, false]);
      server.close();
    },
  );

  test("knows nothing outside of an ssh session", () => {
    expect(HeadLink.ofSsh({}).acknowledges()).toBe(false);
    expect(HeadLink.ofSsh({ SSH_CONNECTION: "garbage" }).acknowledges()).toBe(false);
  });
});
