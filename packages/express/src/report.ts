/** Report-only mode for Express. */

import type { AnyEvent, Receiver } from '@countersign/core';
import { type NodeReport, type ReportOptions, reportNode } from '@countersign/http/node';
import { words } from './facts.ts';

/**
 * Middleware for report-only mode: verifies each request, reports the result, and passes EVERY request on, forged ones included. Mount it in
 * place of `express.raw()`; it leaves the raw body in `request.body`.
 *
 * @example
 * app.post('/webhooks/stripe', webhookReport(receiver), (request, response) => {
 *   response.json({ bytes: (request.body as Buffer).length });
 * });
 *
 * @throws options_invalid
 */
export function webhookReport<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options?: ReportOptions<Event>,
): NodeReport {
  return reportNode(receiver, options, words);
}
