/**
 * What user code prints, with the time and the call's id before each line, so that one log file
 * for a worker is enough to find what a call said. Native code that writes to the descriptors
 * directly appears as it is.
 */

/** Writes to the log by whole lines, each with the time, and the id of the call that runs. */
export interface LogLines {
  /** A line of our own. */
  write(line: string): void;
  /** From now on lines belong to this call. */
  enter(callId: number): void;
  /** The call has ended: what comes now is nobody's. */
  leave(): void;
}

/** Puts itself before `process.stdout` and `process.stderr`, which both go to the log file. */
export function prefixLines(): LogLines {
  let call = "";
  const prefix = (): string => `${new Date().toISOString()}${call} `;
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    // A disk that is full costs lines of the log, and not the call that prints them.
    stream.on("error", () => undefined);
    let atLineStart = true;
    stream.write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      const callback = asCallback(typeof encoding === "function" ? encoding : done);
      // As Latin-1 bytes stay what they are, also where a chunk ends within a character.
      const text = bytesOf(chunk, encoding).toString("latin1");
      if (text === "") return write(text, callback);
      const body = text.replace(/\n(?=[^])/g, () => `\n${prefix()}`);
      const line = atLineStart ? prefix() + body : body;
      atLineStart = text.endsWith("\n");
      return write(line, "latin1", callback);
    };
  }
  return {
    write: (line) => void process.stderr.write(`${line}\n`),
    enter: (callId) => (call = ` #${callId}`),
    leave: () => (call = ""),
  };
}

const bytesOf = (chunk: string | Uint8Array, encoding: unknown): Buffer =>
  typeof chunk === "string"
    ? Buffer.from(chunk, typeof encoding === "string" && Buffer.isEncoding(encoding) ? encoding : "utf8")
    : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);

const asCallback = (value: unknown): ((error?: Error | null) => void) | undefined =>
  typeof value === "function" ? (error) => value(error) : undefined;
