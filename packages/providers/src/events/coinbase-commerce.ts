/** Event names of Coinbase Commerce. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const coinbaseCommerce = {
  source: {
    title: 'Coinbase documentation, Commerce, Webhooks, Fields',
    url: 'https://docs.cdp.coinbase.com/commerce/api-arcitecture/webhooks-fields',
    readOn: '2026-11-27',
  },
  names: ['charge:confirmed', 'charge:created', 'charge:failed', 'charge:pending'],
  always: [],
} as const satisfies SenderEvents;

/** The events of Coinbase Commerce, with unknown payloads. */
export interface CoinbaseCommerceEvents extends NamedEvents<typeof coinbaseCommerce> {}
