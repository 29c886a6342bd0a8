/**
 * The unix socket on which the head of a job listens, in a folder of its own on the node's own disk: a shared file system may carry
 * no sockets. Nobody but this user may enter the folder, nor put another one in its place, and each end looks at that.
 */
import { once } from "node:events";
import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { NotOursError, ownUserId, privateFolder } from "@hyperion-ts/own-files";

/** A socket that somebody may connect to. Disposing of it removes it; connections stay. */
export interface LinkSocket extends Disposable {
  readonly path: string;
}

/** In memory, of the node alone; and where there is no such folder, or no socket may be in it. */
const PLACES = ["/dev/shm", tmpdir(), "/tmp"];
/** A folder that other nodes have as well is known by the node: a socket of another one looks as if nobody listened. */
const FOLDER = `hyperion-ts-link-${hostname()}-`;
/** unix(7): the path of a socket has 108 bytes at most, with a NUL. */
const LONGEST_PATH = 107;

/**
 * Listens on a new socket; `connected` gets each connection. What heads that were killed have left of theirs is removed.
 *
 * @throws the system's error, or NotOursError, of the last place that was tried
 */
export async function listenOnSocket(connected: (socket: Socket) => void): Promise<LinkSocket> {
  let failure: unknown;
  for (const place of new Set(PLACES)) {
    try {
      await sweep(place);
      return await listenIn(place, connected);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function listenIn(place: string, connected: (socket: Socket) => void): Promise<LinkSocket> {
  const folder = mkdtempSync(join(place, FOLDER));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const path = join(privateFolder(folder), "head");
    if (Buffer.byteLength(path) > LONGEST_PATH) throw new Error(`The path of a socket can't be as long as ${path}`);
    const server = createServer(connected);
    server.listen(path);
    await once(server, "listening");
    chmodSync(path, 0o600);
    server.unref();
    return { path, [Symbol.dispose]: () => close(server, remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

function close(server: Server, remove: () => void): void {
  server.close();
  remove();
}

/**
 * Connects to the socket at `path`, if nobody but this user can have made it.
 *
 * @throws NotOursError where somebody else could; the system's error where nobody listens
 */
export async function connectToSocket(path: string): Promise<Socket> {
  const folder = dirname(path);
  // It is not made here.
  lstatSync(folder);
  privateFolder(folder);
  const stats = lstatSync(path);
  if (!stats.isSocket() || stats.uid !== ownUserId()) throw new NotOursError(path, "is no socket of yours");
  const socket = connect(path);
  await once(socket, "connect");
  return socket;
}

/** Removes the folders of this user's heads that listen no more: one that is killed can't. */
async function sweep(place: string): Promise<void> {
  for (const name of readdirSync(place).filter((each) => each.startsWith(FOLDER))) {
    const folder = join(place, name);
    if (lstatSync(folder, { throwIfNoEntry: false })?.uid !== ownUserId()) continue;
    const isDead = await connectToSocket(join(folder, "head")).then(
      (socket) => void socket.destroy(),
      (error: unknown) => Error.isError(error) && "code" in error && error.code === "ECONNREFUSED",
    );
    if (isDead === true) rmSync(folder, { recursive: true, force: true });
  }
}
