/** A remote function whose result is as large as one wants. */
import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

/** Bytes whose values are their indices modulo 251, so that no chunk of a power of two looks like the one before it. */
export function pattern(bytes: number): Uint8Array<ArrayBuffer> {
  const period = Uint8Array.from({ length: 251 * 4_096 }, (_, i) => i % 251);
  const all = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += period.length) all.set(period.subarray(0, bytes - at), at);
  return all;
}

export const patterned = defineRemote(import.meta, {
  name: "large/patterned",
  input: z.int(),
  output: z.instanceof(Uint8Array),
  run: pattern,
});
