/** Deliveries signed by the senders' own packages. */

import { sign as signForGithub } from '@octokit/webhooks-methods';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';

/** When they are signed, in seconds since 1970. */
export const at = 1_795_251_600;

/** One delivery, ready to be captured. */
export interface SignedDelivery {
  readonly provider: string;
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** What the output says of the event. */
  readonly id?: string;
  readonly type?: string;
}

export const stripeSecret = 'whsec_firstR7kQ2mXv9Ls4Tz8';
export const standardSecret = `whsec_${Buffer.from(Array.from({ length: 32 }, (_, place) => place * 7)).toString('base64')}`;
export const githubSecret = 'github-first-R7kQ2mXv9Ls4';

/** Bodies that a careless reader would change: letters beyond ASCII, CRLF, a byte order mark inside, no last line end. */
export const awkwardText =
  '{\r\n\t"id": "evt_1", "type": "invoice.paid",\r\n  "name": "Zoë Ångström 東京 👩‍👧 \ufeff \\u00e9 \'quoted\' $5 `x`"\r\n}';

/** By stripe's own package. */
export function stripeDelivery(payload: string = awkwardText): SignedDelivery {
  const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: stripeSecret, timestamp: at });
  return {
    provider: 'stripe',
    secret: stripeSecret,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Stripe-Signature': header },
    body: Buffer.from(payload),
    id: 'evt_1',
    type: 'invoice.paid',
  };
}

/** By standardwebhooks. Its signer takes text. */
export function standardDelivery(payload: string = awkwardText): SignedDelivery {
  return {
    provider: 'standard-webhooks',
    secret: standardSecret,
    headers: {
      'webhook-id': 'msg_2fKq8Rz',
      'webhook-timestamp': String(at),
      'webhook-signature': new Webhook(standardSecret).sign('msg_2fKq8Rz', new Date(at * 1000), payload),
    },
    body: Buffer.from(payload),
    id: 'msg_2fKq8Rz',
    type: 'invoice.paid',
  };
}

/** By @octokit/webhooks-methods. */
export async function githubDelivery(payload: string = awkwardText): Promise<SignedDelivery> {
  return {
    provider: 'github',
    secret: githubSecret,
    headers: { 'X-GitHub-Event': 'push', 'X-Hub-Signature-256': await signForGithub(githubSecret, payload) },
    body: Buffer.from(payload),
    type: 'push',
  };
}

/** The same bytes with one bit turned. */
export function withChangedByte(body: Uint8Array, place = body.length - 2): Uint8Array {
  const changed = Uint8Array.from(body);
  changed[place] = (changed[place] as number) ^ 1;
  return changed;
}
