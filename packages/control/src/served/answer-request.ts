/** Requests of HTTP, answered. Whatever goes wrong here is an answer, and nothing to the run. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerTo, type Answering } from "./answers.ts";
import { type ControlAnswer, failure } from "./control-answer.ts";
import type { EventStreams } from "./event-streams.ts";

/** Answers a request. Never throws. */
export function answerRequest(
  answering: Answering,
  streams: EventStreams,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  // No request has a body that matters.
  request.resume();
  give(safeAnswer(answering, request), streams, response);
}

function give(answer: ControlAnswer, streams: EventStreams, response: ServerResponse): void {
  switch (answer.kind) {
    case "json":
      response.writeHead(answer.status, { "content-type": "application/json" });
      return void response.end(`${JSON.stringify(answer.value)}\n`);
    case "text":
      response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
      return void response.end(answer.text);
    case "later":
      return void answer.answer.then(
        (then) => give(then, streams, response),
        (error: unknown) => give(failure(500, "failed", String(error)), streams, response),
      );
    case "events":
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      return streams.add(response);
    default:
      return answer satisfies never;
  }
}

function safeAnswer(answering: Answering, { method = "GET", url = "/", headers }: IncomingMessage): ControlAnswer {
  try {
    const asked = URL.parse(url, "http://run");
    if (asked === null) return failure(400, "bad-request", `${url} is no path`);
    return answerTo(answering, { method, url: asked, wantsText: headers.accept?.startsWith("text/plain") === true });
  } catch (error) {
    return failure(500, "failed", error instanceof Error ? error.message : String(error));
  }
}
