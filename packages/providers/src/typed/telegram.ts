/** Telegram Bot API: the preset with the payloads of the package @grammyjs/types. */

import type { Provider } from '@countersign/core';
import type { Update } from '@grammyjs/types';
import type { TelegramEvents as NamedTelegramEvents } from '../events/telegram.ts';
import { telegram as preset } from '../telegram.ts';
import type { TypedEvents } from './typed-events.ts';

/**
 * The events of Telegram Bot API. Payloads: `Update` of @grammyjs/types 5.0.0.
 *
 * An update has no name; the field that it contains shows what happened.
 */
export interface TelegramEvents extends TypedEvents<NamedTelegramEvents, { readonly [type: string]: Update }> {}

/**
 * The preset of Telegram Bot API with the payloads of the package @grammyjs/types; at run time the same object as in
 * `@countersign/providers/telegram`.
 *
 * Install the package for its types: `npm install --save-dev @grammyjs/types`. None of its code is loaded.
 *
 * @example
 * import { telegram } from '@countersign/providers/telegram/typed';
 *
 * const read = (event: EventOf<typeof telegram>) =>
 *   event.payload.message?.text;
 */
export const telegram = preset as Provider<TelegramEvents, 'secrets'>;
