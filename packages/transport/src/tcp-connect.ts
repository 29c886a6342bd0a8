/** TCP connections for small messages: nothing waits for more to come, but what one turn writes goes out together. */
import { connect, type Socket } from "node:net";
import { after, showDuration } from "@hyperion-ts/bounds";
import { TransportError } from "./command-session.ts";

/** Where to connect to. */
export interface TcpAddress {
  /** A name or an address. */
  readonly host: string;
  /** From 1 to 65,535. */
  readonly port: number;
  /** The version of IP; 0 is either. */
  readonly family: 0 | 4 | 6;
}

/**
 * Connects within `timeoutMs`. The socket belongs to `resources` from the start: disposing of them gives up.
 *
 * @throws TransportError "unreachable"
 */
export function tcpConnect(
  { host, port, family }: TcpAddress,
  timeoutMs: number,
  resources: DisposableStack,
): Promise<Socket> {
  const socket = connect({ host, port, family, noDelay: true });
  resources.defer(() => socket.destroy());
  return new Promise((resolve, reject) => {
    const failed = (how: string, cause?: Error): void =>
      reject(
        new TransportError(
          { reason: "unreachable", message: `Could not connect to ${host} port ${port}: ${how}` },
          { cause },
        ),
      );
    const timer = after(timeoutMs, () => socket.destroy(new Error(`no answer within ${showDuration(timeoutMs)}`)));
    socket.once("close", () => {
      timer[Symbol.dispose]();
      failed("the connection was closed");
    });
    socket.on("error", (error) => failed(error.message, error));
    socket.once("connect", () => {
      timer[Symbol.dispose]();
      resolve(joinWrites(socket));
    });
  });
}

/**
 * ssh2 writes a packet in three parts, each of which would be a system call and a TCP segment of its own. (A subclass
 * can't do this: `connect` puts the socket's own `write` back.)
 */
function joinWrites(socket: Socket): Socket {
  const write = socket.write.bind(socket);
  return Object.assign(socket, {
    write: (data: Uint8Array): boolean => {
      if (socket.writableCorked === 0) {
        socket.cork();
        process.nextTick(() => socket.uncork());
      }
      return write(data);
    },
  });
}
