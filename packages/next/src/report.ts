/** Report-only mode for the App Router. */

import type { AnyEvent, Receiver } from '@countersign/core';
import { type FetchReport, type ReportOptions, reportFetch } from '@countersign/http/fetch';
import { words } from './facts.ts';

/**
 * Report-only mode: verifies each request and reports the result; your own route goes on with EVERY request, forged ones included. The
 * body stays unread.
 *
 * @example
 * const report = webhookReport(receiver);
 * export async function POST(request: Request) {
 *   await report(request);
 *   return new Response(await request.text());
 * }
 *
 * @throws options_invalid
 */
export function webhookReport<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options?: ReportOptions<Event>,
): FetchReport {
  return reportFetch(receiver, options, words);
}
