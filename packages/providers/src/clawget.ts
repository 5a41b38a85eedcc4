/** Clawget: HMAC-SHA-256 over the raw body, hexadecimal, in one header. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';

const source = { title: 'Clawget documentation, page Webhooks', readOn: '2026-11-21' } as const;

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
export interface ClawgetEvents {
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
}

/** Of the forms that the page shows, with values of our own. */
const samples = {
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
} as const satisfies { readonly [Type in keyof ClawgetEvents]: Pick<ClawgetEvents[Type], 'data'> };

const events = [
  'purchase.completed',
  'review.created',
  'subscription.cancelled',
  'payout.completed',
] as const satisfies readonly (keyof ClawgetEvents)[];

/**
 * Clawget signs the body with HMAC-SHA-256 in `x-clawget-signature`, in hexadecimal.
 *
 * The sample in its documentation signs the parsed body serialised again by JSON.stringify. That breaks on an amount
 * such as
 * `475.50`, on escapes and on whitespace; this preset verifies the received bytes. No timestamp is signed outside the
 * body, so only a dedupe store stops a replay.
 *
 * Respond within five seconds. Use `created` to order events, as the documentation advises, but not to judge their age:
 * a retry may come hours later.
 */
export const clawget = definePreset<ClawgetEvents>({
  name: 'clawget',
  title: 'Clawget',
  scheme: rawBodyHmac({ header: 'x-clawget-signature', encoding: 'hex' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'created', unit: 'seconds' },
  responseDeadlineSeconds: 5,
  retries: {
    delaysSeconds: [60, 300, 900, 3600, 21_600],
    // The sum of all five: the longest that any reading of the page allows.
    horizonSeconds: 26_460,
    note: 'The documentation gives five delays and a total of five attempts. One of the two numbers must mean something else: with the first attempt, five delays make six.',
  },
  events,
  samples,
  secretHelp: 'The signing secret from the dashboard, used as text.',
  confidence: 'documented',
  source,
  unsaid: [
    'Whether the signed bytes are the bytes that are sent: the sample signs the body serialised again.',
    'Whether there are five attempts in all, or five retries after the first.',
    'The name of an event for an expired license, which the page lists as a use and not among its events.',
    'How a secret is replaced, and whether a retry is signed again.',
  ],
});
