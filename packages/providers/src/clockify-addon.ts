/** Clockify, webhooks of an add-on: a signed token in a header that names the add-on and does not sign the body. */

import { type Provider, WebhookError } from '@countersign/core';
import { jwt } from '@countersign/core/jwt';
import { definePreset } from '@countersign/core/preset';
import type { ClockifyAddonEvents } from './events/clockify-addon.ts';

export type { ClockifyAddonEvents } from './events/clockify-addon.ts';

const source = {
  title: 'CAKE.com Marketplace documentation, Webhooks',
  url: 'https://dev-docs.marketplace.cake.com/documentation/build/manifest/webhooks.html',
  readOn: '2026-11-21',
} as const;

/**
 * Clockify's webhooks of a CAKE.com Marketplace add-on. For webhooks created by a user, see `clockify`.
 *
 * `Clockify-Signature` carries a token signed with RS256. The receiver checks it with Clockify's public key, given as
 * `keys`, and compares it in constant time with the tokens that Clockify provided when the add-on was installed, given
 * as `secrets`. Both are needed: one key signs the tokens of all add-ons and workspaces, and the token never expires.
 * With several installations, pass `secrets` a function that finds the token of the one named in the path.
 *
 * The token does not cover the body: `event.signed.body` is false. Anyone who has seen one delivery can send any other
 * body with its token. So keep headers out of logs, accept only https, and fetch important data from Clockify's API.
 * The type of the event is in a separate header, which is not signed either.
 *
 * The stored token decides which add-on a token is for. To check its subject as well, see {@link clockifyAddonFor}.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: clockifyAddon,
 *   keys: process.env.CLOCKIFY_PUBLIC_KEY!,
 *   secrets: (delivery) => tokensOfInstallation(delivery.url),
 * });
 *
 * @see https://dev-docs.marketplace.cake.com/documentation/build/authentication-and-authorization.html (the public key;
 *   read 2026-11-21)
 */
export const clockifyAddon = addon(undefined);

/**
 * The same preset for one add-on: the token's subject must be the add-on's key in its manifest.
 *
 * @example
 * const receiver = createReceiver({ provider: clockifyAddonFor('my-add-on'), keys, secrets });
 *
 * @throws options_invalid if the key is not a string, or empty
 */
export function clockifyAddonFor(manifestKey: string): Provider<ClockifyAddonEvents, 'both'> {
  if (typeof manifestKey !== 'string' || manifestKey === '') {
    throw new WebhookError('options_invalid', {
      at: 'manifestKey',
      hint: 'Expected the key from the manifest of the add-on.',
    });
  }
  return addon(manifestKey);
}

function addon(subject: string | undefined): Provider<ClockifyAddonEvents, 'both'> {
  return definePreset<ClockifyAddonEvents, 'both'>({
    name: 'clockify-addon',
    title: 'Clockify add-on',
    scheme: jwt({
      token: { header: 'clockify-signature' },
      algorithms: ['RS256'],
      claims: {
        issuer: 'clockify',
        ...(subject === undefined ? {} : { subject }),
        equals: { type: 'addon' },
        // The documentation says that the token does not expire.
        expiry: 'optional',
      },
      storedToken: true,
    }),
    eventType: { header: 'clockify-webhook-event-type' },
    identity: {
      bytesRepeat: true,
      source:
        'https://glama.ai/mcp/servers/@KeithHanson/clockify-mcp/blob/a3636a728afab9f4417afdac886cdfd9210fbd27/docs/06_WEBHOOKS_API.md (example of a log, read 2026-11-26)',
      note: 'A body can have only an entity’s id and name, so two events of one entity can have the same bytes. The type in the unsigned header distinguishes them.',
    },
    secretHelp:
      'The public key that CAKE.com publishes, as PEM, and in addition the stored token of each webhook, which the installed payload lists.',
    confidence: 'documented',
    source,
    unsaid: [
      'An id of the delivery or of the event, and a timestamp: the token is the same in every delivery.',
      'How long the sender waits for a response, what counts as success, and whether deliveries are retried.',
      'The bodies of the events.',
    ],
  });
}
