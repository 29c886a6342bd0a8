/** Takes connections in, and hands them to an HTTP server of Node's that is loaded with the first of them. */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { answerRequest } from "./answer-request.ts";
import { EventStreams } from "./event-streams.ts";
import type { Answering } from "./answers.ts";

/** The connections of one run's socket. Disposing of it ends them, when what is written has been taken. */
export class RequestDoor implements AsyncDisposable {
  readonly #answering: Answering;
  readonly #connections = new Set<Socket>();
  readonly #streams: EventStreams;
  #server: Server | undefined;
  #closed = false;

  constructor(answering: Answering) {
    this.#answering = answering;
    this.#streams = new EventStreams(answering.run.events);
  }

  /** A connection that is paused. */
  enter(connection: Socket): void {
    if (this.#closed) return void connection.destroy();
    this.#connections.add(connection);
    connection.on("close", () => this.#connections.delete(connection));
    // Whoever asked may be gone; that is nothing to the run.
    connection.on("error", () => undefined);
    connection.unref();
    this.#server ??= this.#load();
    this.#server.emit("connection", connection);
    connection.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#streams[Symbol.dispose]();
    this.#server?.closeIdleConnections();
    for (const connection of this.#connections) connection.destroySoon();
  }

  #load(): Server {
    // An import would look at all that the module exports, and load undici and HTTP/2 for it: 4 MB, and each knock begins this.
    const { createServer } = process.getBuiltinModule("node:http");
    return createServer({ keepAliveTimeout: 1_000 }, (request, response) =>
      answerRequest(this.#answering, this.#streams, request, response),
    );
  }
}
