/** A socket in a folder that only this user may enter: the first of those that can be had. */
import { randomBytes } from "node:crypto";
import { chmodSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { once } from "node:events";
import { privateFolder } from "@hyperion-ts/own-files";
import { ControlError } from "../control-error.ts";
import { type ControlFile, writeControlFile } from "../place/control-file.ts";
import { isListening } from "../place/knock.ts";
import { socketFolders } from "../place/socket-folders.ts";

/** A socket that takes connections. Disposing of it removes it. */
export interface OwnSocket extends Disposable {
  /** Its path. */
  readonly socket: string;
  /** Writes down beside it whose it is. */
  readonly describe: (file: ControlFile) => void;
}

/** Linux takes so many bytes, one of them a zero (unix(7)). */
const MAX_PATH_BYTES = 107;

/**
 * Listens on `<folder>/<id>-<random>.sock` (the heads of a program's Slurm jobs have its id, too); `connected` gets each connection before anything is read of it.
 *
 * @throws ControlError `no-socket`, which says of each folder why it takes none
 */
export async function listenInOwnFolder(id: string, connected: (connection: Socket) => void): Promise<OwnSocket> {
  const reasons: string[] = [];
  // Twice: another run that ends removes a folder that is empty, just when this one has found it.
  for (const folder of [...socketFolders(), ...socketFolders()]) {
    try {
      const own = privateFolder(folder);
      await removeDead(own);
      return await listenAt(join(own, `${id}-${randomBytes(3).toString("hex")}.sock`), connected);
    } catch (error) {
      reasons.push(`${folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new ControlError("no-socket", `No folder takes a socket for this run: ${[...new Set(reasons)].join("; ")}`);
}

async function listenAt(socket: string, connected: (connection: Socket) => void): Promise<OwnSocket> {
  if (Buffer.byteLength(socket) > MAX_PATH_BYTES) throw new Error(`${socket} is too long for a socket's path`);
  const server = createServer({ pauseOnConnect: true }, connected);
  server.unref();
  server.listen(socket);
  await once(server, "listening");
  server.on("error", () => undefined);
  chmodSync(socket, 0o600);
  const description = socket.replace(/sock$/u, "json");
  return {
    socket,
    describe: (file) => writeControlFile(description, file),
    [Symbol.dispose]: () => end(server, [socket, description]),
  };
}

/** Nobody can connect any more; those who have are left to who has them. */
function end(server: Server, files: readonly string[]): void {
  server.close();
  for (const file of files) rmSync(file, { force: true });
  removeIfEmpty(join(files[0] ?? "", ".."));
}

/** What runs that were killed have left. One that has just begun to listen has written nothing down yet, and is not among them. */
async function removeDead(folder: string): Promise<void> {
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".json"))) {
    const socket = join(folder, name.replace(/json$/u, "sock"));
    if (await isListening(socket)) continue;
    rmSync(socket, { force: true });
    rmSync(join(folder, name), { force: true });
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Another run has its socket there.
  }
}
