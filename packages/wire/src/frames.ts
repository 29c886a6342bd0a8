/** Frames and control messages without values, for who passes values on unread: an agent loads this and not the codec, which is most of this package. */
export {
  channelOfBeginning,
  FrameFlag,
  FrameKind,
  FrameParser,
  type FrameReceiver,
  HEADER_BYTES,
  headerOf,
  MIN_PIECE_BYTES,
  PREFIX_BYTES,
  type ReceivedFrame,
  setFrameChannel,
  setFrameKind,
} from "./frame.ts";
export { FrameWriter } from "./frame-writer.ts";
export { GREETING, PROTOCOL_VERSION } from "./greeting.ts";
export { encodeMessage, parseMessage } from "./message-frame.ts";
export type { CpuQuota, Employ, FromAgent, MemoryLimit, ToAgent } from "./messages.ts";
export type { NodeMeasure, WorkerMeasure } from "./node-measure.ts";
export type { WorkerExited } from "./payloads.ts";
export { WireError } from "./wire-error.ts";
export type { FolderName } from "./worker-config.ts";
