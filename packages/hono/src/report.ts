/** Report-only mode for Hono. */

import type { AnyEvent, Receiver } from '@countersign/core';
import { type ReportOptions, reportFetch } from '@countersign/http/fetch';
import type { MiddlewareHandler } from 'hono';
import { words } from './facts.ts';

/**
 * Middleware for report-only mode: verifies each request, reports the result, and passes EVERY request on, forged ones included. The body
 * stays unread for your own code.
 *
 * @example
 * app.post('/webhooks/github', webhookReport(receiver), async (c) => c.json({ length: (await c.req.text()).length }));
 *
 * @throws options_invalid
 */
export function webhookReport<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options?: ReportOptions<Event>,
): MiddlewareHandler {
  const report = reportFetch(receiver, options, words);
  return async (c, next) => {
    await report(c.req.raw);
    await next();
  };
}
