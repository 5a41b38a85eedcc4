/** What a sender is answered, as an app says it. */

/**
 * What a handler wants answered. Left out: success without a body. Only a status from 200 to 299, or 410, says that the event is
 * done; with any other the sender may come again, and the handler runs again.
 */
export interface HandlerAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text, bytes, or a value that is sent as JSON. */
  readonly body?: string | Uint8Array | object;
}
