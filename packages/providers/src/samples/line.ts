/**
 * Sample payloads of LINE: single events of a webhook.
 *
 * Fields: github.com/line/line-openapi, webhook.yml, as the package has it; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { LineEvents } from '../typed/line.ts';

const common = {
  timestamp: 1772359205000,
  source: { type: 'user' as const, userId: 'U00000000000000000000000000000001' },
  mode: 'active' as const,
  webhookEventId: '01SAMPLEEVENT0000000000001',
  deliveryContext: { isRedelivery: false },
};

const replyToken = '00000000000000000000000000000001';

export const samples: SenderSamples = {
  message: {
    ...common,
    type: 'message',
    replyToken,
    message: {
      type: 'text',
      id: '100000000000000001',
      text: 'Is the shop open today?',
      quoteToken: 'sampleQuoteToken0001',
      markAsReadToken: 'sampleReadToken0001',
    },
  },
  follow: { ...common, type: 'follow', replyToken, follow: { isUnblocked: false } },
  unfollow: { ...common, type: 'unfollow' },
  postback: { ...common, type: 'postback', replyToken, postback: { data: 'action=buy&item=1001' } },
} satisfies SamplesOf<LineEvents>;
