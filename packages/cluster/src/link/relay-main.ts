/**
 * What a program runs on the node of a head: `node relay-main SOCKET`. It passes bytes on between its standard streams and the
 * head's socket, and ends with either. It loads nothing of the user's, and knows nothing of what it passes on.
 */
import { Socket } from "node:net";
import { connectToSocket } from "./link-socket.ts";

const [path = ""] = process.argv.slice(2);
const end = (): never => process.exit(0);
try {
  const head = await connectToSocket(path);
  const input = new Socket({ fd: 0, readable: true, writable: false });
  const output = new Socket({ fd: 1, readable: false, writable: true });
  for (const stream of [head, input, output]) stream.on("error", end);
  // What the head has said last is passed on before.
  head.pipe(output).once("finish", end);
  input.pipe(head);
  input.once("close", end);
} catch (error) {
  console.error(`The head does not listen on ${path}: ${Error.isError(error) ? error.message : String(error)}`);
  process.exit(1);
}
