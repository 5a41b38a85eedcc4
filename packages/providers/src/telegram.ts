/** Telegram’s Bot API: a secret token repeated in a header. */

import { sharedToken } from '@countersign/core';
import { definePreset } from '@countersign/core/preset';
import type { TelegramEvents } from './events/telegram.ts';

export type { TelegramEvents } from './events/telegram.ts';

/**
 * Telegram repeats the `secret_token` of `setWebhook` in `X-Telegram-Bot-Api-Secret-Token`. Choose one of 16
 * characters or more. The kind of an update is the name of its one other field, so `event.type` is undefined.
 *
 * Every update has an `update_id`, which is the same in every attempt.
 *
 * The token is not bound to the delivery: anyone who has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see https://github.com/tdlib/telegram-bot-api (Telegram's own server, telegram-bot-api/WebhookActor.cpp, read
 * 2026-11-26)
 */
export const telegram = definePreset<TelegramEvents>({
  name: 'telegram',
  title: 'Telegram Bot API',
  scheme: sharedToken({ token: { header: 'x-telegram-bot-api-secret-token' } }),
  eventId: { json: 'update_id' },
  identity: {
    bytesRepeat: false,
    idKept: true,
    source:
      'https://github.com/tdlib/telegram-bot-api, telegram-bot-api/WebhookActor.cpp (the body is the update_id and a stored text), read 2026-11-26',
  },
  retries: {
    // The first delays; after that each wait is 60 to 120 seconds.
    delaysSeconds: [0, 2, 4, 8, 16, 32, 60],
    horizonSeconds: 86_400,
    keepsBody: true,
    note: 'Immediately, then doubling from two seconds up to one or two minutes, for about a day. Retry-After is followed, up to an hour. 410 for 23 hours removes the webhook. Later updates of the same chat wait.',
  },
  secretHelp: 'The secret_token given to setWebhook: 1 to 256 letters, digits, _ and -. Not the token of the bot.',
  source: {
    title: 'Telegram’s server for the Bot API, telegram-bot-api/WebhookActor.cpp',
    url: 'https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/WebhookActor.cpp',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unsaid: ['How long Telegram waits for a response.'],
});
