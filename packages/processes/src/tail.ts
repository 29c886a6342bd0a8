/** The last 4 KB of a stream: what a program said before it failed. */
export class Tail {
  #bytes = Buffer.alloc(0);

  push(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(-4_096);
  }

  text(): string {
    return this.#bytes.toString("utf8").trim();
  }
}
