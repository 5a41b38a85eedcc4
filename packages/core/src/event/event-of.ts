/** The TypeScript types of a provider's events. */

import type { EventMap, Provider } from '../provider/provider.ts';
import type { WebhookEvent } from './event.ts';

/** The events of a provider as a union that `switch (event.type)` narrows. */
export type EventOf<P> =
  P extends Provider<infer Events, infer _>
    ? EventMap extends Events
      ? WebhookEvent
      : { [Type in keyof Events & string]: WebhookEvent<Type, Events[Type]> }[keyof Events & string]
    : WebhookEvent;
