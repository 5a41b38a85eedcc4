/** App Store Server Notifications, second version: a JWS in the body with its certificates. */

import { defineProvider, WebhookError } from '@countersign/core';
import { jwt } from '@countersign/core/jwt';

/** For which app notifications are to be believed. */
export interface AppleAppStoreOptions {
  /** The bundle id. Apple signs the notifications of every app alike. */
  readonly bundleId: string;
  readonly environment: 'Production' | 'Sandbox';
}

/**
 * App Store Server Notifications 2: the body is `{ signedPayload }`, a JWS by ES256 that brings its certificates. The chain
 * has to lead to a root certificate that the receiver trusts, and to have Apple's marks for this purpose.
 *
 * `keys` are Apple's root certificates as PEM (Apple Root CA G3, from https://www.apple.com/certificateauthority/). The payload
 * of an event is the content of the JWS; `data.signedTransactionInfo` and `data.signedRenewalInfo` in it are again JWS, which
 * stand under the outer signature and need none of their own checked. Whether a certificate was revoked is not asked.
 *
 * The time of signing is `event.createdAt`. It is not held against a window: the id makes a replay a duplicate.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: appleAppStoreV2({ bundleId: 'com.example.app', environment: 'Production' }),
 *   keys: readFileSync('AppleRootCA-G3.pem', 'utf8'),
 *   dedupe: memoryStore(),
 * });
 *
 * @throws options_invalid without bundle id and environment
 * @see https://github.com/apple/app-store-server-library-node (jws_verification.ts, read 2026-11-20)
 */
export function appleAppStoreV2(options: AppleAppStoreOptions) {
  const { bundleId, environment } = options ?? {};
  const refuse = (at: string, hint: string) =>
    new WebhookError('options_invalid', { at: `appleAppStoreV2.${at}`, hint });
  if (typeof bundleId !== 'string' || bundleId === '') throw refuse('bundleId', 'Give the bundle id of the app.');
  if (environment !== 'Production' && environment !== 'Sandbox')
    throw refuse('environment', 'It takes Production or Sandbox.');
  return defineProvider<object, 'keys'>({
    name: 'apple-app-store-v2',
    title: 'Apple App Store Server Notifications V2',
    scheme: jwt({
      token: { json: 'signedPayload' },
      algorithms: ['ES256'],
      certificateChain: { leafOid: '1.2.840.113635.100.6.11.1', issuerOid: '1.2.840.113635.100.6.2.1' },
      claims: { expiry: 'optional', equals: { 'data.bundleId': bundleId, 'data.environment': environment } },
    }),
    eventId: { json: 'notificationUUID' },
    eventType: { json: 'notificationType' },
    eventCreatedAt: { json: 'signedDate', unit: 'milliseconds' },
    secretHelp: 'Apple’s root certificates as PEM, from https://www.apple.com/certificateauthority/.',
    source: {
      title: 'Apple’s app-store-server-library for Node, jws_verification.ts',
      url: 'https://github.com/apple/app-store-server-library-node/blob/main/jws_verification.ts',
      readOn: '2026-11-20',
    },
    confidence: 'sdk_source',
    unsaid: ['How deliveries are repeated, and how long an answer may take.'],
  });
}
