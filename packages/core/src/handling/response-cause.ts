/** Attaches the exception to an app's own response, if an adapter knows it. */

/** The same in every copy of this package (ESM and CJS). Not a name that a response or a Response could contain. */
const causeKey: unique symbol = Symbol.for('countersign.response.cause');

/**
 * For adapters: records on a response, or a `Response`, the error that the app turned into it. `outcome.cause` and the dead letter then
 * have that error, not only the status.
 *
 * @example
 * const handle = async () => withCause({ status: 500 }, error);
 */
export function withCause<Response extends object>(response: Response, cause: unknown): Response {
  return Object.defineProperty(response, causeKey, { value: { cause }, configurable: true });
}

/** The error recorded on a response. */
export function noteOf(response: object | undefined): { readonly cause: unknown } | undefined {
  return Object.getOwnPropertyDescriptor(Object(response), causeKey)?.value as { readonly cause: unknown } | undefined;
}
