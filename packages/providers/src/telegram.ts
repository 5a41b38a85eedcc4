/** Telegram’s Bot API: a secret token repeated in a header. */

import { defineProvider, sharedToken } from '@countersign/core';

/**
 * Telegram, which repeats the `secret_token` of `setWebhook` in `X-Telegram-Bot-Api-Secret-Token`. Choose one of 16
 * characters or more. The kind of an update is the name of its one other field, so `event.type` is undefined.
 *
 * Nothing of a delivery is bound to the token: whoever has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see https://github.com/grammyjs/grammY (a framework not by Telegram, src/convenience/frameworks.ts, read
 * 2026-11-20)
 */
export const telegram = defineProvider({
  name: 'telegram',
  title: 'Telegram Bot API',
  scheme: sharedToken({ token: { header: 'x-telegram-bot-api-secret-token' } }),
  eventId: { json: 'update_id' },
  secretHelp: 'The secret_token given to setWebhook: 1 to 256 letters, digits, _ and -.',
  source: {
    title: 'grammY, a framework not by Telegram, src/convenience/frameworks.ts',
    url: 'https://github.com/grammyjs/grammY',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The form of the token.'],
});
