/** The last 4 KB of a stream: what a program said before it failed. */
export class Tail {
  #bytes = Buffer.alloc(0);

  /** Takes in the next piece of the stream. */
  push(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(-4_096);
  }

  /** What is kept, without white space around it. */
  text(): string {
    return this.#bytes.toString("utf8").trim();
  }
}
