/** Clawget's events, each with the body that its page shows. */

import type { AlwaysSent, SenderEvents } from './sender-events.ts';

/** The fields that every Clawget body has around its `data`. */
export interface ClawgetPayload<Type extends string, Data> {
  readonly type: Type;
  /** The same in every attempt, such as `evt_abc123`. */
  readonly id: string;
  /** The time when the event was created, in seconds since 1970. */
  readonly created: number;
  readonly data: Data;
}

/** Clawget's events, each with the body that its page shows. */
export interface ClawgetEvents extends AlwaysSent<'id' | 'type'> {
  readonly 'purchase.completed': ClawgetPayload<
    'purchase.completed',
    {
      readonly purchase_id: string;
      readonly listing_id: string;
      readonly buyer: { readonly id: string; readonly email: string };
      readonly amount: number;
      readonly currency: string;
      readonly license_key: string;
    }
  >;
  readonly 'review.created': ClawgetPayload<
    'review.created',
    {
      readonly review_id: string;
      readonly listing_id: string;
      readonly rating: number;
      readonly comment: string;
      readonly reviewer: { readonly id: string; readonly name: string };
    }
  >;
  readonly 'subscription.cancelled': ClawgetPayload<
    'subscription.cancelled',
    {
      readonly subscription_id: string;
      readonly listing_id: string;
      readonly buyer: { readonly id: string };
      readonly reason: string;
      /** In seconds since 1970. */
      readonly ends_at: number;
    }
  >;
  readonly 'payout.completed': ClawgetPayload<
    'payout.completed',
    {
      readonly payout_id: string;
      readonly amount: number;
      readonly currency: string;
      readonly wallet: string;
      readonly txid: string;
    }
  >;
  readonly otherwise: ClawgetPayload<string, unknown>;
}

/** The samples have the forms that the page shows, with values of our own. */
export const clawget = {
  source: { title: 'Clawget documentation, page Webhooks', readOn: '2026-11-21' },
  names: ['payout.completed', 'purchase.completed', 'review.created', 'subscription.cancelled'],
  always: ['id', 'type'],
  samples: {
    'purchase.completed': {
      data: {
        purchase_id: 'pur_example',
        listing_id: 'lst_example',
        buyer: { id: 'usr_example', email: 'buyer@example.com' },
        amount: 49.5,
        currency: 'USD',
        license_key: 'EXAMPLE-0000-0000',
      },
    },
    'review.created': {
      data: {
        review_id: 'rev_example',
        listing_id: 'lst_example',
        rating: 5,
        comment: 'An example.',
        reviewer: { id: 'usr_example', name: 'Example' },
      },
    },
    'subscription.cancelled': {
      data: {
        subscription_id: 'sub_example',
        listing_id: 'lst_example',
        buyer: { id: 'usr_example' },
        reason: 'example',
        ends_at: 1_800_000_000,
      },
    },
    'payout.completed': {
      data: { payout_id: 'pay_example', amount: 120, currency: 'USD', wallet: 'example', txid: 'example' },
    },
  },
} as const satisfies SenderEvents;
