/** What a worker may send: other code in its process can write to the descriptor of its frames, and what it writes may look like one. */
import {
  FrameFlag,
  FrameKind,
  HEADER_BYTES,
  MIN_PIECE_BYTES,
  parseMessage,
  PREFIX_BYTES,
  type ReceivedFrame,
} from "@hyperion-ts/wire/frames";

const MIN_ANSWER_BYTES = HEADER_BYTES + PREFIX_BYTES;

/** What the head can read without harm: whatever its payload is, it costs no more than this worker's calls. */
export function isFromWorker({ kind, flags, bytes, start, end }: ReceivedFrame): boolean {
  if ((flags & FrameFlag.more) !== 0 && end - start < HEADER_BYTES + MIN_PIECE_BYTES) return false;
  if (isAnswer(kind)) return end - start >= MIN_ANSWER_BYTES || (flags & FrameFlag.continued) !== 0;
  if (kind === FrameKind.message) parseMessage(bytes, start + HEADER_BYTES, end);
  return kind === FrameKind.message || kind === FrameKind.credit;
}

/** Whether it is the answer to a call, or a part of one. */
export const isAnswer = (kind: FrameKind): boolean => kind === FrameKind.result || kind === FrameKind.failure;
