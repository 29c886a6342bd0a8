/**
 * Which pages of a database its write-ahead log has: https://www.sqlite.org/fileformat2.html#the_write_ahead_log.
 * Checksums are left to SQLite: this only tells whether a log fits a database, before SQLite is asked to join them.
 */
import { closeSync, openSync, readSync } from "node:fs";

/** What the transactions of a log have written: where each page's newest text begins in the file, and how long they leave the database. */
export interface LogPages {
  /** The size of a page, in bytes. */
  readonly pageBytes: number;
  /** By the page's number, from 1 on: where its newest text begins in the file, in bytes. */
  readonly offsets: ReadonlyMap<number, number>;
  /** How many pages the database has after the last transaction. */
  readonly databasePages: number;
}

/** Whether the log has all pages of its database from number `first` on. Pages count from 1. */
export function hasPagesFrom(first: number, { pageBytes, offsets, databasePages }: LogPages): boolean {
  // SQLite locks bytes in the page that begins at 1 GiB, and never writes it.
  const lockPage = 2 ** 30 / pageBytes + 1;
  for (let page = first; page <= databasePages; page += 1) if (page !== lockPage && !offsets.has(page)) return false;
  return true;
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** Reads the log at `path`; undefined where it has no complete transaction: nothing would be lost with such a log. */
export function readLogPages(path: string): LogPages | undefined {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    const isLog =
      readSync(file, header, 0, HEADER_BYTES, 0) === HEADER_BYTES && (header.readUInt32BE(0) & ~1) === 0x377f0682;
    return isLog ? committedPages(file, header) : undefined;
  } finally {
    closeSync(file);
  }
}

function committedPages(file: number, header: Buffer): LogPages | undefined {
  const pageBytes = header.readUInt32BE(8);
  const committed = new Map<number, number>();
  const open = new Map<number, number>();
  let databasePages = 0;
  const frame = Buffer.alloc(FRAME_HEADER_BYTES);
  for (
    let at = HEADER_BYTES;
    readSync(file, frame, 0, FRAME_HEADER_BYTES, at) === FRAME_HEADER_BYTES;
    at += FRAME_HEADER_BYTES + pageBytes
  ) {
    // What is behind the newest frame is left of an earlier round, which had another salt.
    if (frame.compare(header, 16, 24, 8, 16) !== 0) break;
    open.set(frame.readUInt32BE(0), at + FRAME_HEADER_BYTES);
    const pagesAfterCommit = frame.readUInt32BE(4);
    if (pagesAfterCommit === 0) continue;
    databasePages = pagesAfterCommit;
    for (const [page, offset] of open) committed.set(page, offset);
    open.clear();
  }
  return databasePages === 0 ? undefined : { pageBytes, offsets: committed, databasePages };
}
