/**
 * Whether somebody listens on a socket: the one sign of life that also counts for a process of another container, whose number
 * means nothing here. Of a process that was killed the socket is left, and nobody listens there.
 */
import { connect } from "node:net";

/** Connects, and hangs up. False where nobody listens, there is no socket, or this user may not knock. */
export const isListening = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const connection = connect(socket);
    connection.on("connect", () => {
      connection.destroy();
      resolve(true);
    });
    connection.on("error", () => resolve(false));
  });
