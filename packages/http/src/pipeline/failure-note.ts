/** The exception behind an app's own response, if its framework passes it to an adapter. */

/** The same symbol in every copy of this package (ESM and CJS). */
const failureKey: unique symbol = Symbol.for('countersign.failure');

/**
 * Records the error that a handler after `nodeMiddleware` has thrown, for adapters: the framework turns it into a
 * response, so only its status would be known.
 *
 * @example
 * app.use((error: unknown, request: IncomingMessage, _response: unknown, next: (error: unknown) => void) => {
 *   noteFailure(request, error);
 *   next(error);
 * });
 *
 * @param request the Node request that the middleware got
 */
export function noteFailure(request: object, cause: unknown): void {
  Object.defineProperty(request, failureKey, { value: { cause }, configurable: true });
}

/** The error recorded for a request. */
export function failureOf(request: object): { readonly cause: unknown } | undefined {
  return Object.getOwnPropertyDescriptor(request, failureKey)?.value as { readonly cause: unknown } | undefined;
}
