/**
 * Reports deliveries that Nest's own body parser refuses for their size, which never reach a controller or a receiver.
 */

import { WebhookError } from '@countersign/core';
import type { OnModuleInit } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { WebhookRoutes } from './webhook-routes.ts';

/** The fields that are read from an Express request. */
interface ExpressRequestSide {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly method: string;
  readonly originalUrl: string;
}

const hint =
  "Nest's body parser refused the body: on Express the limit is 100 kB by default. Raise it in main.ts: app.useBodyParser('json', { limit: '1mb' }).";

/** Watches an app on Express, whose parsers accept 100 kB. On Fastify they accept 1 MiB, the same as receivers. */
export class BodyLimitReport implements OnModuleInit {
  readonly #host: HttpAdapterHost;
  readonly #routes: WebhookRoutes;

  constructor(host: HttpAdapterHost, routes: WebhookRoutes) {
    this.#host = host;
    this.#routes = routes;
  }

  /** After the parsers and before Nest's exception filters, which respond with 413 as usual. */
  onModuleInit(): void {
    const { httpAdapter } = this.#host;
    if (httpAdapter?.getType() !== 'express') return;
    httpAdapter.use(
      (error: unknown, request: ExpressRequestSide, _response: unknown, next: (error: unknown) => void) => {
        if ((error as { type?: unknown } | null)?.type === 'entity.too.large') void this.#report(request);
        next(error);
      },
    );
  }

  /** To the receivers whose deliveries look like this one, so that it appears where other refusals do. */
  async #report({ headers, method, originalUrl: url }: ExpressRequestSide): Promise<void> {
    const head = { headers, method, url };
    for (const { receiver } of this.#routes.values()) {
      let isAsked = false;
      const body = () => {
        isAsked = true;
        throw new WebhookError('body_too_large', { at: 'request', hint });
      };
      await receiver.verify({ ...head, body }).catch(() => undefined);
      if (isAsked) await receiver.receive({ ...head, body }, () => undefined);
    }
  }
}
