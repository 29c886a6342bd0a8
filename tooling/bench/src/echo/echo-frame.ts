/**
 * What the echo's processes say to each other: the least that a relay can do with.
 *
 * ```
 * u32  how many bytes follow (little endian)
 * u8   which echo process
 * u8   what it does with it (EchoKind)
 *      any bytes
 * ```
 */

/** What an echo process does with a frame. */
export const EchoKind = {
  /** Comes back as it is. */
  echo: 0,
  /** Does not come back. */
  swallow: 1,
  /** Comes back as many times as the u32 behind the header says. */
  repeat: 2,
} as const;
/** The number of a kind. */
export type EchoKind = (typeof EchoKind)[keyof typeof EchoKind];

const LENGTH_BYTES = 4;
/** Bytes before the payload. */
export const ECHO_HEADER_BYTES = LENGTH_BYTES + 2;

const LINE_END = 0x0a;

/** A frame of `bytes` bytes in all. It ends with a line end: srun passes whole lines on only. */
export function echoFrame(target: number, kind: EchoKind, bytes: number): Buffer {
  const frame = Buffer.alloc(bytes);
  frame.writeUInt32LE(bytes - LENGTH_BYTES, 0);
  frame.writeUInt8(target, LENGTH_BYTES);
  frame.writeUInt8(kind, LENGTH_BYTES + 1);
  if (bytes > ECHO_HEADER_BYTES) frame.writeUInt8(LINE_END, bytes - 1);
  return frame;
}

/** Which echo process the frame is for. */
export const targetOf = (frame: Buffer): number => frame.readUInt8(LENGTH_BYTES);
/** What that does with it. */
export const kindOf = (frame: Buffer): EchoKind => frame.readUInt8(LENGTH_BYTES + 1) as EchoKind;

/** Cuts a stream into whole frames: returns what takes its chunks. */
export function frameCutter(onFrame: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer | undefined;
  return (chunk) => {
    const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    while (bytes.length - start >= LENGTH_BYTES) {
      const end = start + LENGTH_BYTES + bytes.readUInt32LE(start);
      if (end > bytes.length) break;
      onFrame(bytes.subarray(start, end));
      start = end;
    }
    rest = start < bytes.length ? bytes.subarray(start) : undefined;
  };
}
