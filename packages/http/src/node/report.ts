/** Report-only mode for Node's own requests. */

import type { ServerResponse } from 'node:http';
import { type AnyEvent, type BodyLimits, errorTable, isWebhookError, type Receiver } from '@countersign/core';
import type { FrameworkWords } from '../pipeline/framework-facts.ts';
import { anyNodeWords } from '../pipeline/framework-words.ts';
import { createReporter, type ReportOptions, reportOn } from '../pipeline/report.ts';
import { readNodeBody } from './body.ts';
import { announcedLength, deliveryOf, type NodeRequest } from './request.ts';

/** Maximum time for a body that the receiver did not ask for, in seconds. */
const timeoutSeconds = 10;

/** Verifies, reports and passes on. */
export type NodeReport = (
  request: NodeRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => Promise<void>;

/**
 * Middleware for report-only mode: verifies each request, reports the result, and passes every request on, forged ones included. Uses no
 * store, and refuses no replay.
 *
 * Mount it in place of `express.raw()`: `request.body` is the raw body afterwards, as a Buffer, for the code that still decides. A body
 * that was read before is used if it is a Buffer; a parsed one is reported as `body_not_raw`. A body that is larger than the receiver's
 * `maxBodyBytes` is not read if it was announced; otherwise it goes to `next(error)`, since it cannot be put back.
 *
 * @example
 * const report = reportNode(receiver, { onReport: ({ verified }) => console.log(verified) });
 * createServer((request, response) => void report(request, response, () => response.end('ok'))).listen(3000);
 *
 * @throws options_invalid
 */
export function reportNode<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options: ReportOptions<Event> = {},
  words: FrameworkWords = anyNodeWords,
): NodeReport {
  const reporter = createReporter(receiver, options);
  return async (request, _response, next) => {
    let lost: unknown;
    let isAsked = false;
    const isUnread = !request.readableDidRead && request.body === undefined;
    const isAnnouncedTooLarge = (announcedLength(request) ?? 0) > receiver.maxBodyBytes;
    const read = async (limits: BodyLimits) => {
      isAsked = true;
      try {
        const bytes = await readNodeBody(request, limits, words);
        // `_body` tells body parsers that the body has been read.
        if (isUnread) Object.assign(request, { body: Buffer.from(bytes), _body: true });
        return bytes;
      } catch (error) {
        // What was read of the stream is gone.
        if (isUnread && !isAnnouncedTooLarge) lost = error;
        throw error;
      }
    };
    await reportOn(receiver, reporter, deliveryOf(request, read));
    // A head that is refused leaves the body unread, but the app's own code looks for it in the same place.
    if (!isAsked && isUnread && !isAnnouncedTooLarge) {
      const signal = AbortSignal.timeout(timeoutSeconds * 1000);
      await read({ maxBodyBytes: receiver.maxBodyBytes, timeoutSeconds, signal }).catch(() => undefined);
    }
    // Express and Fastify answer with the status of an error.
    if (isWebhookError(lost)) {
      const { status } = errorTable[lost.code];
      next(Object.assign(lost, { status, statusCode: status }));
    } else next();
  };
}
