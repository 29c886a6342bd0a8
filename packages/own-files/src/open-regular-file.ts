/**
 * Opening a file in a folder where others may have made it. What is opened is looked at by its descriptor, so nobody can put
 * something else in its place between the look and the use.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats } from "node:fs";
import { describeFile, NotOursError } from "./not-ours-error.ts";

/** No link is followed, no FIFO waited for, no terminal taken over. */
const CAREFULLY = constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Opens a file that is a plain one and of which `refuse` says no reason to refuse it; a file that is made gets the mode 0600.
 *
 * @throws NotOursError for anything but a plain file and where `refuse` says why; the file system's errors as they come
 */
export function openRegularFile(path: string, flags: number, refuse: (stats: Stats) => string | undefined): number {
  const fd = open(path, flags);
  try {
    const stats = fstatSync(fd);
    const why = stats.isFile() ? refuse(stats) : `${describeFile(stats)}, and no plain file`;
    if (why !== undefined) throw new NotOursError(path, why);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function open(path: string, flags: number): number {
  try {
    return openSync(path, flags | CAREFULLY, 0o600);
  } catch (error) {
    // Of links, FIFOs and sockets the kernel says ELOOP and ENXIO, which tells a person nothing.
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there === undefined || there.isFile()) throw error;
    throw new NotOursError(path, `${describeFile(there)}, and no plain file`);
  }
}
