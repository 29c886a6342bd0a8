export { Channel, type ChannelReceiver, WINDOW_BYTES } from "./channel.ts";
export { FrameFlag, FrameKind, FrameParser, type FrameReceiver, HEADER_BYTES, isData, MAX_PAYLOAD_BYTES } from "./frame.ts";
export { FrameWriter } from "./frame-writer.ts";
export { GREETING, GreetingScanner, MAX_BANNER_BYTES } from "./greeting.ts";
export { encodeMessage, parseMessage } from "./message-frame.ts";
export { type CallFailure, type FromAgent, type FromWorker, type ProcessExit, PROTOCOL_VERSION, type ToAgent, type ToWorker, type WorkerExited } from "./messages.ts";
export { decodeValue, encodeValue } from "./codec.ts";
export { type ErrorData, errorFromData, errorToData } from "./error-data.ts";
export { WireError } from "./wire-error.ts";
