/** How frames are written: each by itself, or all of one turn of the event loop together. */
import type { Writable } from "node:stream";

/** each: the quickest for one message at a time. joined: several times the throughput of very many. */
export type WriteMode = "each" | "joined";

/** Returns what writes a frame to `stream`. */
export function frameOutput(stream: Writable, mode: WriteMode): (frame: Buffer) => void {
  switch (mode) {
    case "each":
      return (frame) => void stream.write(frame);
    case "joined":
      return joined(stream);
    default:
      return mode satisfies never;
  }
}

function joined(stream: Writable): (frame: Buffer) => void {
  let waiting: Buffer[] = [];
  const flush = (): void => {
    stream.write(Buffer.concat(waiting));
    waiting = [];
  };
  return (frame) => {
    if (waiting.push(frame) === 1) setImmediate(flush);
  };
}
