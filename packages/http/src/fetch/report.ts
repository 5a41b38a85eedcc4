/** Report-only mode for Request and Response. */

import type { AnyEvent, Receiver } from '@countersign/core';
import type { FrameworkWords } from '../pipeline/framework-facts.ts';
import { anyFetchWords } from '../pipeline/framework-words.ts';
import { createReporter, type ReportOptions, reportOn } from '../pipeline/report.ts';
import { readFetchBody } from './body.ts';
import { headOf } from './request.ts';

/** Verifies and reports. Settles when the report is made; never rejects. */
export type FetchReport = (request: Request) => Promise<void>;

/**
 * Report-only mode: verifies each request and reports the result; your own code goes on with the request, whose body stays unread, and
 * decides. Uses no store, and refuses no replay.
 *
 * @example
 * const report = reportFetch(receiver, { onReport: ({ verified }) => console.log(verified) });
 * export async function POST(request: Request) {
 *   await report(request);
 *   return new Response(await request.text());
 * }
 *
 * @throws options_invalid
 */
export function reportFetch<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options: ReportOptions<Event> = {},
  words: FrameworkWords = anyFetchWords,
): FetchReport {
  const reporter = createReporter(receiver, options);
  return (request) =>
    reportOn(receiver, reporter, {
      ...headOf(request),
      // A request whose body has been read cannot be copied; reading it reports why.
      body: (limits) => readFetchBody(request.bodyUsed ? request : request.clone(), limits, words),
    });
}
