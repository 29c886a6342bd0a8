/** What the display needs of a stream such as `process.stderr`. */
export interface OutputStream {
  /** Whether it is a terminal. */
  readonly isTTY?: boolean;
  /** Missing or 0 where the size is not known. */
  readonly columns?: number;
  /** As `columns`. */
  readonly rows?: number;
  /** Writes a text as it is. */
  readonly write: (text: string) => unknown;
  /** "resize": the terminal has another size. "error": nothing more can be written. */
  on(event: "resize" | "error", listener: () => void): unknown;
  /** Ends `on`. */
  off(event: "resize" | "error", listener: () => void): unknown;
}
