/** What a Hono app answers after the sender was answered without it. */

import type { Context } from 'hono';

/** The app's own answer, once it has come. */
export interface LateAnswer {
  readonly response: Response | undefined;
}

/**
 * Listens for the answer of an app that is still running behind a context which has been answered.
 *
 * Hono drops what a handler returns once its context is finalized, so whether a late handler succeeded could not be told. From the
 * moment when Hono has seen that the request is answered, the context says that it is not, and keeps what it is given.
 */
export function hearLateAnswer(c: Context): LateAnswer {
  const heard: { response: Response | undefined } = { response: undefined };
  const res = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(c), 'res') as PropertyDescriptor;
  let isSeen = false;
  let isLater = false;
  // Middleware in front of this one goes on in the same turn, as a rule, and may look and change the answer several times.
  setTimeout(() => {
    isLater = true;
  });
  const isOver = () => isSeen && isLater;
  Object.defineProperty(c, 'finalized', {
    configurable: true,
    get() {
      if (isOver()) return heard.response !== undefined;
      isSeen = true;
      return true;
    },
    set: () => undefined,
  });
  Object.defineProperty(c, 'res', {
    configurable: true,
    get: () => heard.response ?? res.get?.call(c),
    set(response: Response | undefined) {
      if (isOver()) heard.response = response;
      else res.set?.call(c, response);
    },
  });
  return heard;
}
