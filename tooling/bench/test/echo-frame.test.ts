import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { echoFrame, EchoKind, ECHO_HEADER_BYTES, frameCutter, kindOf, targetOf } from "../src/echo/echo-frame.ts";

const frames = fc.array(fc.tuple(fc.nat(255), fc.integer({ min: ECHO_HEADER_BYTES, max: 300 })));

describe("frames of the echo", () => {
  it("come out as they went in, whatever pieces the stream comes in", () => {
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 400 }), (sent, piece) => {
        const received: [number, number][] = [];
        const cut = frameCutter((frame) => {
          expect(kindOf(frame)).toBe(EchoKind.echo);
          received.push([targetOf(frame), frame.length]);
        });
        const stream = Buffer.concat(sent.map(([target, bytes]) => echoFrame(target, EchoKind.echo, bytes)));
        for (let at = 0; at < stream.length; at += piece) cut(stream.subarray(at, at + piece));
        expect(received).toEqual(sent);
      }),
    );
  });
});
