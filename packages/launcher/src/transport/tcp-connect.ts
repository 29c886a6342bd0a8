/** A TCP connection that sends at once what it is given. */
import { connect, type Socket } from "node:net";
import { TransportError } from "./command-session.ts";

/** Where to connect to. */
export interface TcpAddress {
  readonly host: string;
  readonly port: number;
  /** The version of IP; 0 is either. */
  readonly family: 0 | 4 | 6;
}

/**
 * Connects within `timeoutMs`. The socket belongs to `resources` from the start; when they are disposed of before it
 * is connected, this rejects. Throws a `TransportError` "unreachable".
 */
export function tcpConnect({ host, port, family }: TcpAddress, timeoutMs: number, resources: DisposableStack): Promise<Socket> {
  const socket = connect({ host, port, family, noDelay: true });
  resources.defer(() => socket.destroy());
  return new Promise((resolve, reject) => {
    const failed = (how: string, cause?: Error): void => reject(new TransportError({ reason: "unreachable", message: `Could not connect to ${host} port ${port}: ${how}` }, { cause }));
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    socket.once("close", () => {
      clearTimeout(timer);
      failed("the connection was closed");
    });
    socket.on("error", (error) => failed(error.message, error));
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}
