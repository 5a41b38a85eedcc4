/**
 * A sample update of Telegram, whose updates have no names: a text message.
 *
 * Fields: https://core.telegram.org/bots/webhooks, as public projects quote it, and the package’s types; read
 * 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { TelegramEvents } from '../typed/telegram.ts';

export const samples: SenderSamples = {
  '*': {
    update_id: 100000001,
    message: {
      message_id: 17,
      date: 1772359205,
      chat: { id: 2000001, type: 'private', first_name: 'Ada', last_name: 'Example', username: 'ada_example' },
      from: {
        id: 2000001,
        is_bot: false,
        first_name: 'Ada',
        last_name: 'Example',
        username: 'ada_example',
        language_code: 'en',
      },
      text: '/start',
      entities: [{ type: 'bot_command', offset: 0, length: 6 }],
    },
  },
} satisfies SamplesOf<TelegramEvents>;
