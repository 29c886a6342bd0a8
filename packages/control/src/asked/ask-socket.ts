/** Questions to whoever listens on the socket of a run. */
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ControlError } from "../control-error.ts";
import { CONTROL_FILE, readControlFile } from "../place/control-file.ts";

/** A run that computes without a pause takes long to answer. */
const LONGEST_WAIT_MS = 30_000;

/** What is asked (told/control-answers.ts). */
export interface Question {
  /** A change is a POST. Default: `"GET"`. */
  readonly method?: "GET" | "POST";
  /** With its query: `"/calls?most=3"`. */
  readonly path: string;
  /** Whether a text for people is wanted, where there is one. Default: JSON is. */
  readonly wantsText?: boolean;
}

/** What was answered. */
export interface Answer {
  /** Of HTTP: 200, or what went wrong. */
  readonly status: number;
  /** Whether it is a text for people; else it is JSON. */
  readonly isText: boolean;
  /** The answer itself. */
  readonly body: string;
}

/** @throws ControlError `not-running` where nobody answers, `not-ours` where this user may not ask */
export async function askSocket(socket: string, { method = "GET", path, wantsText }: Question): Promise<Answer> {
  // Not imported: that would load undici and HTTP/2 as well, for each command.
  const { request } = process.getBuiltinModule("node:http");
  return await new Promise<Answer>((resolve, reject) => {
    const failed = (error: Error): void => reject(noAnswer(socket, error));
    const asked = request({
      socketPath: socket,
      method,
      path,
      headers: { host: "run", accept: wantsText === true ? "text/plain" : "application/json" },
      // A connection that is kept would keep the process.
      agent: false,
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
    });
    asked.on("response", (response) => {
      const isText = response.headers["content-type"]?.startsWith("text/plain") === true;
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, isText, body }), failed);
    });
    asked.on("error", failed);
    asked.end();
  });
}

/**
 * Asks the run whose log directory that is.
 *
 * @throws ControlError `not-running` where it can't be asked
 */
export async function askRunIn(logDir: string, question: Question): Promise<Answer> {
  const file = readControlFile(join(logDir, CONTROL_FILE));
  if (file === undefined) throw new ControlError("not-running", `No run can be asked by ${join(logDir, CONTROL_FILE)}`);
  return await askSocket(file.socket, question);
}

function noAnswer(socket: string, error: Error): ControlError {
  const code = "code" in error ? error.code : undefined;
  if (code === "EACCES" || code === "EPERM")
    return new ControlError("not-ours", `${socket} may not be asked: it is another user's`, { cause: error });
  const why = error.name === "TimeoutError" ? `no answer within ${LONGEST_WAIT_MS / 1_000} s` : error.message;
  return new ControlError("not-running", `Nobody answers on ${socket} (${why})`, { cause: error });
}
