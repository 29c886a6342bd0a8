import "./supported-node.ts";
export { Channel, type ChannelReceiver, WINDOW_BYTES } from "./channel.ts";
export {
  answerPrefix,
  attemptOf,
  callPrefix,
  channelOfBeginning,
  FrameFlag,
  type FrameHeader,
  FrameKind,
  FrameParser,
  type FrameReceiver,
  functionIndexOf,
  HEADER_BYTES,
  headerOf,
  isData,
  MAX_PAYLOAD_BYTES,
  MIN_PIECE_BYTES,
  PREFIX_BYTES,
  ranMsOf,
  type ReceivedFrame,
  setFrameChannel,
  setFrameKind,
  valueOf,
} from "./frame.ts";
export { FrameWriter } from "./frame-writer.ts";
export { GREETING, GreetingScanner, MAX_BANNER_BYTES, PROTOCOL_VERSION } from "./greeting.ts";
export { encodeMessage, parseMessage } from "./message-frame.ts";
export { BROKEN_EXIT_CODE } from "./broken-exit-code.ts";
export type {
  ChangedFile,
  CpuQuota,
  Employ,
  FileAtStart,
  FromAgent,
  FromWorker,
  MemoryLimit,
  ToAgent,
  ToWorker,
  WorkerEnding,
} from "./messages.ts";
export type { CallFailure, KeptCode, ProcessExit, WorkerExited } from "./payloads.ts";
export type { NodeMeasure, WorkerMeasure } from "./node-measure.ts";
export type { FolderName, WorkerConfig } from "./worker-config.ts";
export { decodeValue, encodeValue } from "./codec.ts";
export { type ErrorData, errorFromData, errorToData } from "./error-data.ts";
export { WireError, type WireErrorCode } from "./wire-error.ts";
export { newServiceId, type ServiceId } from "./service-id.ts";
