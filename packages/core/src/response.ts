/** The response to a sender, as an app returns it. */

/**
 * A handler's response. Default: success without a body. Only a status from 200 to 299, or 410, means that the event is done; with any
 * other the sender may retry, and the handler runs again.
 */
export interface HandlerResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text, bytes, or a value that is sent as JSON. */
  readonly body?: string | Uint8Array | object;
}
