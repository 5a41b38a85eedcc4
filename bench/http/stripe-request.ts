/** A Stripe request with a body of 1 KiB, signed by Stripe's own package. */

import Stripe from 'stripe';

export const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
export const eventType = 'invoice.paid';
export const client = new Stripe('sk_test_none');
export const body = eventOf(1024);

/** Signed now: the timestamp is accepted for five minutes. */
export function signNow(): Record<string, string> {
  return {
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    accept: '*/*; q=0.5, application/xml',
    'cache-control': 'no-cache',
    'content-type': 'application/json; charset=utf-8',
    'stripe-signature': client.webhooks.generateTestHeaderString({ payload: body, secret }),
    'accept-encoding': 'gzip',
  };
}

/** The head of a delivery signed by a stranger who does not know the secret. */
export function forgeNow(): Record<string, string> {
  const wrong = `${secret.slice(0, -5)}WxZg=`;
  return {
    ...signNow(),
    'stripe-signature': client.webhooks.generateTestHeaderString({ payload: body, secret: wrong }),
  };
}

/** An event in Stripe's format, of exactly this many bytes. */
function eventOf(bytes: number): string {
  const event = {
    id: 'evt_1',
    object: 'event',
    api_version: '2026-10-29.dahlia',
    created: 1_795_000_000,
    type: eventType,
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    data: {
      object: { id: 'in_1', object: 'invoice', amount_paid: 47_550, currency: 'eur', lines: [] as object[], note: '' },
    },
  };
  const { object } = event.data;
  const line = { id: 'il_1', amount: 15_850, currency: 'eur', description: 'A line of an invoice', quantity: 1 };
  while (JSON.stringify(event).length + JSON.stringify(line).length < bytes) object.lines.push(line);
  object.note = 'n'.repeat(bytes - JSON.stringify(event).length);
  return JSON.stringify(event);
}
