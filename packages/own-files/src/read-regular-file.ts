/** Files that others may have written: their text is data, and nothing more. */
import { closeSync, constants, readSync } from "node:fs";
import { openRegularFile } from "./open-regular-file.ts";

/**
 * The text of a file, whoever wrote it. No link at its name is followed, and no FIFO waited for.
 *
 * @throws NotOursError for anything but a plain file, and for one of more than `mostBytes`; the file system's errors as they come
 */
export function readRegularFile(path: string, mostBytes: number): string {
  const fd = openRegularFile(path, constants.O_RDONLY, ({ size, uid }) =>
    size > mostBytes ? `has ${size} bytes, more than ${mostBytes} (it belongs to user ${uid})` : undefined,
  );
  try {
    const bytes = Buffer.alloc(mostBytes);
    return bytes.toString("utf8", 0, readSync(fd, bytes, 0, mostBytes, 0));
  } finally {
    closeSync(fd);
  }
}
