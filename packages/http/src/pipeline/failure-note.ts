/** The exception behind a response of the app's own, where its framework tells an adapter of it. */

/** The same in every copy of this package (ESM beside CJS). */
const failureKey: unique symbol = Symbol.for('countersign.failure');

/**
 * Notes what a handler behind `nodeMiddleware` has thrown, for adapters: the framework turns it into a response, of which only the
 * status would be known.
 *
 * @param request of Node, as the middleware was given it
 */
export function noteFailure(request: object, cause: unknown): void {
  Object.defineProperty(request, failureKey, { value: { cause }, configurable: true });
}

/** What was noted of a request. */
export function failureOf(request: object): { readonly cause: unknown } | undefined {
  return Object.getOwnPropertyDescriptor(request, failureKey)?.value as { readonly cause: unknown } | undefined;
}
