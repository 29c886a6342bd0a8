/** Messages that go out together at the end of the event loop's turn: a thousand questions at once are one thing to send. */
import type { SendMessages } from "./arbiter.ts";

/** What is to be sent on one channel. */
export class MessageBatch<Message extends object> implements Disposable {
  readonly #send: SendMessages;
  #messages: Message[] = [];
  #scheduled: NodeJS.Immediate | undefined;

  /** `send` takes what comes together. */
  constructor(send: SendMessages) {
    this.#send = send;
  }

  /** Adds a message. */
  add(message: Message): void {
    this.#messages.push(message);
    this.#scheduled ??= setImmediate(() => this.#flush());
  }

  /** What was not sent is not sent any more. */
  [Symbol.dispose](): void {
    clearImmediate(this.#scheduled);
    this.#messages = [];
  }

  #flush(): void {
    const messages = this.#messages;
    this.#messages = [];
    this.#scheduled = undefined;
    this.#send(messages);
  }
}
