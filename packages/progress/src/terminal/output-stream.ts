/** What the display needs of a stream such as `process.stderr`. */
export interface OutputStream {
  readonly isTTY?: boolean;
  /** Missing or 0 where the size is not known. */
  readonly columns?: number;
  readonly rows?: number;
  readonly write: (text: string) => unknown;
  on(event: "resize" | "error", listener: () => void): unknown;
  off(event: "resize" | "error", listener: () => void): unknown;
}
