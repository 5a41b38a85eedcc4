/** Linear: the preset with the payloads of the package @linear/sdk. */

import type { Provider } from '@countersign/core';
import type { LinearWebhookEventTypeMap } from '@linear/sdk/webhooks';
import type { LinearEvents as NamedLinearEvents } from '../events/linear.ts';
import { linear as preset } from '../linear.ts';
import type { AsJson, TypedEvents } from './typed-events.ts';

type WithAction<Names> = {
  readonly [Name in Names as Name extends `${infer Type}.${string}`
    ? Type extends keyof LinearWebhookEventTypeMap
      ? Name
      : never
    : never]: Name extends `${infer Type extends keyof LinearWebhookEventTypeMap}.${infer Action}`
    ? AsJson<LinearWebhookEventTypeMap[Type]> & { readonly action: Action }
    : never;
};

/**
 * The events of Linear. Payloads: the map `LinearWebhookEventTypeMap` of @linear/sdk 98.0.0.
 *
 * A name is the package’s type and the action of the body, such as `Issue.create`; the payload is that of the type,
 * with its action. Times are text, as they are sent; in the package they are dates.
 */
export interface LinearEvents extends TypedEvents<NamedLinearEvents, WithAction<keyof NamedLinearEvents>> {}

/**
 * The preset of Linear with the payloads of the package @linear/sdk; at run time the same object as in
 * `@countersign/providers/linear`.
 *
 * Install the package for its types: `npm install --save-dev @linear/sdk`. None of its code is loaded.
 *
 * @example
 * import { linear } from '@countersign/providers/linear/typed';
 *
 * const read = (event: EventOf<typeof linear>) =>
 *   event.type === 'Issue.create' ? event.payload.data.title : undefined;
 */
export const linear = preset as Provider<LinearEvents, 'secrets'>;
