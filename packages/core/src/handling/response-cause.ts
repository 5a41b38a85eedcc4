/** What an app's own response came of, where an adapter knows the exception behind it. */

/** The same in every copy of this package (ESM beside CJS). Not a name that a response or a Response could bring along. */
const causeKey: unique symbol = Symbol.for('countersign.response.cause');

/**
 * Records on a response, or a `Response`, the error that the app has turned into it, for adapters: then `outcome.cause`
 * and the dead letter have that error, and not only the status.
 *
 * @example
 * const handle = async () => withCause({ status: 500 }, error);
 */
export function withCause<Response extends object>(response: Response, cause: unknown): Response {
  return Object.defineProperty(response, causeKey, { value: { cause }, configurable: true });
}

/** What was noted on a response. */
export function noteOf(response: object | undefined): { readonly cause: unknown } | undefined {
  return Object.getOwnPropertyDescriptor(Object(response), causeKey)?.value as { readonly cause: unknown } | undefined;
}
