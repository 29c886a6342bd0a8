/** What an echo process does with a stream of frames. */
import type { Readable, Writable } from "node:stream";
import { ECHO_HEADER_BYTES, EchoKind, frameCutter, kindOf } from "./echo-frame.ts";
import { frameOutput, type WriteMode } from "./frame-output.ts";

/** Answers each frame of `input` on `output`, as its kind says. */
export function answerEchos(input: Readable, output: Writable, writes: WriteMode): void {
  const answer = frameOutput(output, writes);
  const timesOf = {
    [EchoKind.echo]: () => 1,
    [EchoKind.swallow]: () => 0,
    [EchoKind.repeat]: (frame: Buffer) => frame.readUInt32LE(ECHO_HEADER_BYTES),
  };
  input.on(
    "data",
    frameCutter((frame) => {
      for (let left = timesOf[kindOf(frame)](frame); left > 0; left -= 1) answer(frame);
    }),
  );
}
