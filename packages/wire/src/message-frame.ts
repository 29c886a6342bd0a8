/** Control messages as the payload of one frame: JSON, because they are rare, small and worth reading in a trace. */
import { MAX_PAYLOAD_BYTES } from "./frame.ts";
import { WireError } from "./wire-error.ts";

/**
 * The payload of a control message: its JSON.
 *
 * @throws WireError `too-large` when the message does not fit into one frame
 */
export function encodeMessage(message: object): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(message));
  if (bytes.length > MAX_PAYLOAD_BYTES) {
    throw new WireError(
      "too-large",
      `A control message has ${bytes.length} bytes; at most ${MAX_PAYLOAD_BYTES} fit into a frame: ${bytes.toString("utf8", 0, 200)}...`,
    );
  }
  return bytes;
}

/**
 * Reads the message in `bytes` from `start` to `end`. What kind of message it is follows from the direction of
 * the stream; the two ends agree on it by the protocol's version.
 *
 * @throws WireError `bad-frame` when the bytes are no JSON object
 */
export function parseMessage<Message extends object>(bytes: Buffer, start: number, end: number): Message {
  const text = bytes.toString("utf8", start, end);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new WireError(
      "bad-frame",
      `Received a control message that is no JSON: ${JSON.stringify(text.slice(0, 200))}`,
      { cause },
    );
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new WireError("bad-frame", `Received a control message that is no object: ${text.slice(0, 200)}`);
  return parsed as Message;
}
