/** What the display needs of a stream such as `process.stderr`. */
import type { WriteStream } from "node:tty";

export interface OutputStream extends Pick<WriteStream, "write" | "on" | "off"> {
  readonly isTTY?: boolean;
  /** Missing or 0 where the size is not known. */
  readonly columns?: number;
  readonly rows?: number;
}
