/** Google Cloud Pub/Sub push: an OpenID Connect token that does not bind the body. */

import { WebhookError } from '@countersign/core';
import { jwt } from '@countersign/core/jwt';
import { definePreset } from '@countersign/core/preset';
import type { GooglePubsubEvents } from './events/google-pubsub.ts';

export type { GooglePubsubEvents } from './events/google-pubsub.ts';

/** The audience and account that tokens must be issued for. Google signs the tokens of every project alike. */
export interface GooglePubsubOptions {
  /** The audience configured for the push subscription. */
  readonly audience: string;
  /** The e-mail address of the service account of the subscription. */
  readonly serviceAccountEmail: string;
}

/**
 * Google Cloud Pub/Sub push with authentication sends an OpenID Connect token in `Authorization: Bearer ...`. It proves
 * who sent the request and nothing about the body: `event.signed.body` is false.
 *
 * `data` in the message is base64. A subscription without wrapper sends raw data: `{ ...provider, payload: 'bytes' }`.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: googlePubsub({
 *     audience: 'https://example.com/push',
 *     serviceAccountEmail: 'push@my-project.iam.gserviceaccount.com',
 *   }),
 *   keys: { url: 'https://www.googleapis.com/oauth2/v3/certs' },
 * });
 *
 * @throws options_invalid without audience and service account
 * @see https://github.com/GoogleCloudPlatform/nodejs-docs-samples (appengine/pubsub/app.js, read 2026-11-20)
 */
export function googlePubsub(options: GooglePubsubOptions) {
  const { audience, serviceAccountEmail } = options ?? {};
  const refuse = (at: string, hint: string) => new WebhookError('options_invalid', { at: `googlePubsub.${at}`, hint });
  if (typeof audience !== 'string' || audience === '')
    throw refuse('audience', 'Pass the audience of the subscription.');
  if (typeof serviceAccountEmail !== 'string' || !serviceAccountEmail.includes('@')) {
    throw refuse('serviceAccountEmail', 'Pass the e-mail address of the service account of the subscription.');
  }
  return definePreset<GooglePubsubEvents, 'keys'>({
    name: 'google-pubsub',
    title: 'Google Cloud Pub/Sub',
    scheme: jwt({
      token: { header: 'authorization', scheme: 'Bearer' },
      algorithms: ['RS256'],
      claims: {
        issuer: 'https://accounts.google.com',
        audience,
        equals: { email: serviceAccountEmail, email_verified: true },
      },
    }),
    eventId: { json: 'message.messageId' },
    eventCreatedAt: { json: 'message.publishTime', unit: 'iso8601' },
    secretHelp: 'Google’s keys at https://www.googleapis.com/oauth2/v3/certs; audience and service account are yours.',
    source: {
      title: 'Google’s samples for Node, appengine/pubsub/app.js',
      url: 'https://github.com/GoogleCloudPlatform/nodejs-docs-samples/blob/main/appengine/pubsub/app.js',
      readOn: '2026-11-20',
    },
    confidence: 'sdk_source',
    unverified: ['The places of id and time.', 'That the response deadline is the subscription’s.'],
    unsaid: ['The URL of the key set, which is that of Google’s OpenID Connect.'],
  });
}
