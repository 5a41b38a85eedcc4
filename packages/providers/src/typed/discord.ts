/** Discord: the preset with the payloads of the package discord-api-types. */

import type { Provider } from '@countersign/core';
import type { APIWebhookEvent, APIWebhookEventBody, ApplicationWebhookType } from 'discord-api-types/v10';
import { discord as preset } from '../discord.ts';
import type { DiscordEvents as NamedDiscordEvents } from '../events/discord.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

type Envelope = Omit<Extract<APIWebhookEvent, { type: ApplicationWebhookType.Event }>, 'event'>;

type InWebhook<Inner> = { readonly [Name in keyof Inner]: Envelope & { readonly event: Inner[Name] } };

/**
 * The events of Discord. Payloads: the union `APIWebhookEventBody`, each in its `APIWebhookEvent`, of discord-api-types
 * 0.38.57.
 *
 * Interactions have no name here, and an unknown payload; the package has their types too (`APIInteraction`).
 */
export interface DiscordEvents
  extends TypedEvents<NamedDiscordEvents, InWebhook<ByType<APIWebhookEventBody, 'type'>>> {}

/**
 * The preset of Discord with the payloads of the package discord-api-types; at run time the same object as in
 * `@countersign/providers/discord`.
 *
 * Install the package for its types: `npm install --save-dev discord-api-types`. None of its code is loaded.
 *
 * @example
 * import { discord } from '@countersign/providers/discord/typed';
 *
 * const read = (event: EventOf<typeof discord>) =>
 *   event.type === 'ENTITLEMENT_CREATE' ? event.payload.event.data?.sku_id : undefined;
 */
export const discord = preset as Provider<DiscordEvents, 'keys'>;
