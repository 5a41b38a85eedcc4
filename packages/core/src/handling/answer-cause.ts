/** What an app's own response came of, where an adapter knows the exception behind it. */

/** The same in every copy of this package (ESM beside CJS). Not a name that an answer or a Response could bring along. */
const causeKey: unique symbol = Symbol.for('countersign.answer.cause');

/**
 * Records on a response, or a `Response`, the error that the app has turned into it, for adapters: then `outcome.cause`
 * and the dead letter have that error, and not only the status.
 *
 * @example
 * const handle = async () => withCause({ status: 500 }, error);
 */
export function withCause<Answer extends object>(answer: Answer, cause: unknown): Answer {
  return Object.defineProperty(answer, causeKey, { value: { cause }, configurable: true });
}

/** What was noted on an answer. */
export function noteOf(answer: object | undefined): { readonly cause: unknown } | undefined {
  return Object.getOwnPropertyDescriptor(Object(answer), causeKey)?.value as { readonly cause: unknown } | undefined;
}
