/** Report-only mode for Fastify. */

import { type AnyEvent, type Receiver, WebhookError } from '@countersign/core';
import { type ReportOptions, reportNode } from '@countersign/http/node';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { words } from './facts.ts';
import { rawScope } from './raw-scope.ts';

/**
 * A plugin for report-only mode: verifies each request to `routes`, reports the result, and passes EVERY request on, forged ones included.
 * `request.body` is the raw body, as a Buffer, for your own code.
 *
 * @example
 * app.register(webhookReport(receiver), {
 *   routes: (scope) => scope.post('/webhooks/stripe', async (request) => ({ bytes: (request.body as Buffer).length })),
 * });
 *
 * @throws options_invalid
 */
export function webhookReport<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options?: ReportOptions<Event>,
): FastifyPluginAsync<{ readonly routes: (scope: FastifyInstance) => unknown }> {
  const report = reportNode(receiver, options, words);
  return rawScope(async (scope, { routes }: { readonly routes?: (scope: FastifyInstance) => unknown }) => {
    if (typeof routes !== 'function') {
      const hint = 'Mount it with app.register(webhookReport(receiver), { routes: (scope) => scope.post(...) }).';
      throw new WebhookError('options_invalid', { at: 'routes', hint });
    }
    scope.addHook('preHandler', (request, reply, done) => {
      void report(request.raw, reply.raw, (error) => {
        request.body = (request.raw as { readonly body?: unknown }).body;
        done(error as Error | undefined);
      });
    });
    await routes(scope);
  });
}
