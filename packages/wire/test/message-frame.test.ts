import { describe, expect, it } from "vitest";
import { MAX_PAYLOAD_BYTES } from "../src/frame.ts";
import { encodeMessage, parseMessage } from "../src/message-frame.ts";
import type { ToWorker } from "../src/messages.ts";

describe("a control message", () => {
  it("is read from where it stands in a larger buffer", () => {
    const message: ToWorker = { type: "define", index: 3, name: "roots/bräcket", module: "file:///roots.ts" };
    const bytes = encodeMessage(message);
    const around = Buffer.concat([Buffer.from("xx"), bytes, Buffer.from("}}")]);
    expect(parseMessage(around, 2, 2 + bytes.length)).toEqual(message);
  });

  it("of the longest payload still fits, one byte more is refused where it is sent", () => {
    const around = JSON.stringify({ text: "" }).length;
    expect(encodeMessage({ text: "x".repeat(MAX_PAYLOAD_BYTES - around) })).toHaveLength(MAX_PAYLOAD_BYTES);
    expect(() => encodeMessage({ text: "x".repeat(MAX_PAYLOAD_BYTES - around + 1) })).toThrow(
      expect.objectContaining({
        name: "WireError",
        code: "too-large",
        message: expect.stringContaining("65537 bytes; at most 65536"),
      }),
    );
  });

  it("that can't be read is shown in the error, cut to a readable length", () => {
    const noise = Buffer.from("\u0007garbage ".repeat(1_000));
    expect(() => parseMessage(noise, 0, noise.length)).toThrow(
      /^Received a control message that is no JSON: "\\u0007garbage .{100,400}$/,
    );
    const list = Buffer.from("[1,2]");
    expect(() => parseMessage(list, 0, list.length)).toThrow("no object: [1,2]");
  });
});
