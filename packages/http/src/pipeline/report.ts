/** Report-only mode: verifies each request, reports the result, and lets every request pass. For the days of a migration. */

import { type AnyEvent, isWebhookError, logOf, type Receiver, WebhookError } from '@countersign/core';
import { requireOptions } from './webhook-options.ts';

/** The result for one request in report-only mode. */
export type Report<Event extends AnyEvent = AnyEvent> =
  | { readonly verified: true; readonly event: Event }
  /** With enforcement, this request would have been refused. */
  | { readonly verified: false; readonly error: WebhookError };

/** Options of report-only mode. */
export interface ReportOptions<Event extends AnyEvent = AnyEvent> {
  /**
   * Called for each request. What it throws is ignored. Default: `console.warn` for requests that would be refused, once a minute for each
   * code.
   */
  readonly onReport?: (report: Report<Event>) => void;
}

/** Calls the app's observer, or prints. Never throws. */
export type Reporter<Event extends AnyEvent> = (report: Report<Event>) => void;

/** Says once, loudly, that nothing is enforced, and returns what reports each request. @throws options_invalid */
export function createReporter<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options: ReportOptions<Event>,
): Reporter<Event> {
  const { onReport, ...others } = options ?? {};
  requireOptions(receiver, others);
  if (onReport !== undefined && typeof onReport !== 'function')
    throw new WebhookError('options_invalid', { at: 'onReport', hint: 'Expected a function.' });
  const { provider } = receiver;
  const log = logOf(receiver);
  log.warn(
    `countersign: ${provider}: report only. NO REQUEST IS REFUSED, forged ones included. Mount webhook() or webhookMiddleware() instead once the reports show that genuine deliveries pass.`,
  );
  const printedAt = new Map<string, number>();
  const print: Reporter<Event> = (report) => {
    if (report.verified) return;
    const { code } = report.error;
    const now = performance.now();
    if (now - (printedAt.get(code) ?? Number.NEGATIVE_INFINITY) < 60_000) return;
    printedAt.set(code, now);
    log.warn(`countersign: ${provider}: report only: a request would be refused, ${code}.`);
  };
  const report = onReport ?? print;
  return (result) => {
    try {
      const given: unknown = report(result);
      // The rejection of an observer must not end the process.
      if (given instanceof Promise) given.catch(() => undefined);
    } catch {
      // The request passes, whatever its observer does.
    }
  };
}

/** Verifies one request and reports the result. Never rejects. */
export async function reportOn<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  reporter: Reporter<Event>,
  delivery: Parameters<Receiver<Event>['verify']>[0],
): Promise<void> {
  try {
    reporter({ verified: true, event: await receiver.verify(delivery) });
  } catch (error) {
    if (isWebhookError(error)) reporter({ verified: false, error });
  }
}
