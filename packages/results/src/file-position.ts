/** How far a results database has been written: the place of a row in one file. */

/** All rows of a file up to one. */
export interface FilePosition {
  /** The name of the file, which no other one has. */
  readonly fileId: string;
  /** SQLite's number of the last of them; 0 where there is none. */
  readonly rowid: number;
}

/** A row, without its value. */
export type RowName = readonly [map: string, key: string];
