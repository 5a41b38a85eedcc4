/** Deliveries signed by the senders' own packages: genuine, forged or old, as their bytes and headers. */

import { sign } from '@octokit/webhooks-methods';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';

export interface Signed {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Flaws {
  /** Signed with a secret that the app does not have. */
  readonly isForged?: boolean;
  readonly ageSeconds?: number;
}

const prefixed = (text: string) => `whsec_${Buffer.from(text).toString('base64')}`;

/** The environment of the apps. */
export const secrets = {
  ACME_WEBHOOK_SECRET: prefixed('a secret of the example, 32 byte'),
  GITHUB_WEBHOOK_SECRET: 'a_secret_of_the_example_0123456789',
  STRIPE_WEBHOOK_SECRET: prefixed('another secret of the example...'),
} as const;
const strangers = {
  ACME_WEBHOOK_SECRET: prefixed('what somebody else has made up..'),
  GITHUB_WEBHOOK_SECRET: 'somebody_else_made_this_secret_up',
  STRIPE_WEBHOOK_SECRET: prefixed('what another one has made up....'),
} as const;

/** A sender that follows Standard Webhooks. A note makes the body longer. */
export function fromAcme(id: string, { isForged = false, ageSeconds = 0 }: Flaws = {}, note = ''): Signed {
  const time = new Date(Date.now() - ageSeconds * 1000);
  // Not ASCII, so that it matters how a platform passes the body on.
  const body = JSON.stringify({ type: 'user.created', timestamp: time.toISOString(), data: { name: 'Zoë', note } });
  const { ACME_WEBHOOK_SECRET: secret } = isForged ? strangers : secrets;
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': `${Math.floor(time.getTime() / 1000)}`,
      'webhook-signature': new Webhook(secret).sign(id, time, body),
    },
  };
}

/** GitHub, which posts JSON or a form, as its settings say. It signs no time. */
export async function fromGithub(
  id: string,
  { isForged = false, isForm = false }: { readonly isForged?: boolean; readonly isForm?: boolean } = {},
): Promise<Signed> {
  const json = JSON.stringify({ ref: `refs/tags/${id}`, commits: [] });
  const body = isForm ? new URLSearchParams({ payload: json }).toString() : json;
  const { GITHUB_WEBHOOK_SECRET: secret } = isForged ? strangers : secrets;
  return {
    body,
    headers: {
      'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': id,
      'x-hub-signature-256': await sign(secret, body),
    },
  };
}

export function fromStripe(id: string, { isForged = false, ageSeconds = 0 }: Flaws = {}, note = ''): Signed {
  const object = { name: 'Zoë', note };
  const payload = JSON.stringify({ id, object: 'event', type: 'invoice.paid', data: { object } });
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
  const { STRIPE_WEBHOOK_SECRET: secret } = isForged ? strangers : secrets;
  const { webhooks } = new Stripe('sk_test_unused');
  const signature = webhooks.generateTestHeaderString({ payload, secret, timestamp });
  return { body: payload, headers: { 'content-type': 'application/json', 'stripe-signature': signature } };
}
