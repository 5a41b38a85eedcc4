/** Holds back what an app's own handler answers until the claim on the event has been seen to. */

import type { ServerResponse } from 'node:http';
import { type HandlerAnswer, WebhookError } from '@countersign/core';

/** A response whose bytes wait. */
export interface HeldResponse {
  /** Resolves with the app's status when it ends the response. Nothing has left by then. */
  readonly answered: Promise<HandlerAnswer>;
  /** Whether the app has ended the response. */
  readonly isAnswered: boolean;
  /** Lets the app's answer go out. */
  send(): void;
  /** Throws the app's answer away, also one that is still to come, and lets another be written. */
  replace(write: () => void): void;
}

type Method = (...given: unknown[]) => unknown;

/** Most bytes that an answer may have while it waits. */
const heldLimit = 1_048_576;

/**
 * Takes the place of `write`, `end`, `writeHead` and `flushHeaders` until the answer is sent or replaced.
 *
 * Calls are kept in their order and made when the answer may go. A webhook's answer is a few bytes; one that streams
 * more than 1 MiB is refused.
 */
export function holdResponse(response: ServerResponse): HeldResponse {
  const names = ['write', 'end', 'writeHead', 'flushHeaders'] as const;
  const target = response as unknown as Record<(typeof names)[number], Method>;
  const originals = Object.fromEntries(names.map((name) => [name, target[name]])) as Record<
    (typeof names)[number],
    Method
  >;
  const calls: [(typeof names)[number], unknown[]][] = [];
  let isAnswered = false;
  let isReplaced = false;
  let heldBytes = 0;
  let resolve: (answer: HandlerAnswer) => void = () => undefined;
  const answered = new Promise<HandlerAnswer>((settle) => {
    resolve = settle;
  });

  const keep = (name: (typeof names)[number], given: unknown[]) => {
    const [first] = given;
    if (typeof first === 'string' || first instanceof Uint8Array) heldBytes += first.length;
    if (heldBytes > heldLimit) {
      throw new WebhookError('options_invalid', {
        at: 'response',
        hint: 'The answer to a webhook is held until it is on record, and may have 1 MiB.',
      });
    }
    if (!isReplaced && !isAnswered) calls.push([name, given]);
  };
  target.write = (...given) => {
    keep('write', given);
    return true;
  };
  target.flushHeaders = () => undefined;
  target.writeHead = (...given) => {
    keep('writeHead', given);
    response.statusCode = Number(given[0]);
    return response;
  };
  target.end = (...given) => {
    keep('end', given);
    if (!isAnswered) {
      isAnswered = true;
      resolve({ status: response.statusCode });
    }
    return response;
  };
  const restore = () => {
    for (const name of names) target[name] = originals[name];
  };

  return {
    answered,
    get isAnswered() {
      return isAnswered;
    },
    send() {
      restore();
      for (const [name, given] of calls) originals[name].apply(response, given);
    },
    replace(write) {
      isReplaced = true;
      restore();
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      write();
      // The app may still be running; what it answers from here on has nowhere to go.
      target.write = () => true;
      target.end = () => response;
      target.writeHead = () => response;
    },
  };
}
