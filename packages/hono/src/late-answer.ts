/** The response of a Hono app after the sender has been answered without it. */

import type { Context } from 'hono';

/** The app's own response, once there is one. */
export interface LateAnswer {
  readonly response: Response | undefined;
}

/**
 * Waits for the response of an app that is still running behind a context which has been answered.
 *
 * Hono drops a handler's return value once its context is finalized, so a late success would go unnoticed. Once Hono
 * has seen that the request is answered, this makes the context claim that it is not, and keeps the response that is
 * set.
 */
export function hearLateAnswer(c: Context): LateAnswer {
  const heard: { response: Response | undefined } = { response: undefined };
  const res = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(c), 'res') as PropertyDescriptor;
  let isSeen = false;
  let isLater = false;
  // Middleware before this one usually continues in the same turn, and may read and change the response several times.
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
