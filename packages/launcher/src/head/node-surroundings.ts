/**
 * Where a worker finds itself. A program expects the same directory and the same variables on every node, with the
 * modules that its job script has loaded; sshd gives an agent only those of a fresh login.
 */
import type { FolderName } from "@hyperion-ts/wire";
import { variablesForOtherNodes } from "../shared/inherited-variables.ts";
import { ownFolderNames } from "./own-folder-names.ts";

/** What workers on another node have of this process. */
export interface NodeSurroundings {
  /** The variables that workers inherit, in pieces that fit into a message each. */
  readonly environment: readonly Readonly<Record<string, string>>[];
  /** The directory in which workers run. */
  readonly directory: string;
  /** Folders of this machine that have two names. */
  readonly folderNames: readonly FolderName[];
}

/** A message has at most 64 KB. */
const PIECE_BYTES = 60_000;

/** The directory and the variables of this process that are good on other nodes too. A variable that fits into no message is left out. */
export function surroundingsOfThisProcess(): NodeSurroundings {
  const pieces: Record<string, string>[] = [];
  let room = 0;
  for (const [name, value] of Object.entries(variablesForOtherNodes(process.env))) {
    const bytes = Buffer.byteLength(JSON.stringify([name, value]));
    if (bytes > PIECE_BYTES) continue;
    if (bytes > room) {
      pieces.push({});
      room = PIECE_BYTES;
    }
    Object.assign(pieces.at(-1) ?? {}, { [name]: value });
    room -= bytes;
  }
  return { environment: pieces, directory: process.cwd(), folderNames: ownFolderNames() };
}
