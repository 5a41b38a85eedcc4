/** The receivers of an app by name, each ready to verify a request. */

import { type AnyEvent, type Receiver, WebhookError } from '@countersign/core';
import { type NodeMiddleware, nodeMiddleware, type WebhookOptions } from '@countersign/http/node';
import { words } from './facts.ts';

/** The options of `WebhooksModule.forRoot()`, and the return value of the factory of `forRootAsync()`. */
export interface WebhooksModuleOptions extends WebhookOptions {
  /** The receivers by the names that `@Webhook()` uses: `{ github: createReceiver({ ... }) }`. */
  readonly receivers: Readonly<Record<string, Receiver<AnyEvent>>>;
}

/** One receiver, with functions to verify a request and hold back the response. */
export interface WebhookRoute {
  readonly receiver: Receiver<AnyEvent>;
  readonly verify: NodeMiddleware;
}

export type WebhookRoutes = ReadonlyMap<string, WebhookRoute>;

/** Nest prints this name if a module with `@Webhook()` cannot see the receivers, so it says what to import. */
export const routesToken: unique symbol = Symbol.for('WebhooksModule.forRoot({ receivers })');

/** @throws options_invalid */
export function createWebhookRoutes({ receivers, ...options }: WebhooksModuleOptions): WebhookRoutes {
  const entries = Object.entries(receivers ?? {});
  if (entries.length === 0)
    throw refuse(
      'receivers',
      'Expected at least one receiver by name: { receivers: { github: createReceiver({ ... }) } }.',
    );
  return new Map(
    entries.map(([name, receiver]) => {
      if (typeof receiver?.verify !== 'function')
        throw refuse(`receivers.${name}`, 'Expected what createReceiver({ ... }) returns.');
      return [name, { receiver, verify: nodeMiddleware(receiver, options, words) }];
    }),
  );
}

/** @throws options_invalid if no receiver has this name */
export function requireRoute(routes: WebhookRoutes, name: string): WebhookRoute {
  const route = routes.get(name);
  if (route !== undefined) return route;
  const hint = `WebhooksModule has receivers for: ${[...routes.keys()].join(', ')}. Add this one to receivers, or correct the name.`;
  throw refuse(`@Webhook('${name}')`, hint);
}

function refuse(at: string, hint: string): WebhookError {
  return new WebhookError('options_invalid', { at, hint });
}
