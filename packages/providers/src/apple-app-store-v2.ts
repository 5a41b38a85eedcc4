/** App Store Server Notifications, second version: a JWS in the body with its certificates. */

import { WebhookError } from '@countersign/core';
import { jwt } from '@countersign/core/jwt';
import { definePreset } from '@countersign/core/preset';
import type { AppleAppStoreV2Events } from './events/apple-app-store-v2.ts';

export type { AppleAppStoreV2Events } from './events/apple-app-store-v2.ts';

/** The app whose notifications are accepted. */
export interface AppleAppStoreOptions {
  /** The bundle id. Apple signs the notifications of every app alike. */
  readonly bundleId: string;
  /** The environment whose notifications are accepted, or a list of both. */
  readonly environment: AppleEnvironment | readonly [AppleEnvironment, ...AppleEnvironment[]];
}

/** Production has real purchases, Sandbox has tests. */
export type AppleEnvironment = 'Production' | 'Sandbox';

/**
 * App Store Server Notifications 2: the body is `{ signedPayload }`, a JWS with ES256 that includes its certificates.
 * The chain must lead to a root certificate that the receiver trusts, and have Apple's marks for this purpose.
 *
 * `keys` are Apple's root certificates as PEM (Apple Root CA G3, from https://www.apple.com/certificateauthority/). The
 * payload of an event is the content of the JWS. `data.signedTransactionInfo` and `data.signedRenewalInfo` in it are
 * JWS too; the outer signature covers them, so they need no check of their own. Certificate revocation is not checked.
 *
 * A notification has one of `data`, `summary`, `externalPurchaseToken` and `appData`; the one that is present must name
 * the app and an environment of the options. For an external purchase the environment follows from its id, as in
 * Apple's own verifier.
 *
 * The time of signing is `event.createdAt`. It is not checked against a window: the id makes a replay a duplicate.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: appleAppStoreV2({ bundleId: 'com.example.app', environment: 'Production' }),
 *   keys: readFileSync('AppleRootCA-G3.pem', 'utf8'),
 *   dedupe: memoryStore(),
 * });
 *
 * @throws options_invalid without bundle id, or with another environment than these two
 * @see https://github.com/apple/app-store-server-library-node (jws_verification.ts, read 2026-11-26)
 * @see
 *   https://developer.apple.com/documentation/appstoreservernotifications/responding-to-app-store-server-notifications
 *   (the retries; read 2026-11-26)
 */
export function appleAppStoreV2(options: AppleAppStoreOptions) {
  const { bundleId, environment } = options ?? {};
  const refuse = (at: string, hint: string) =>
    new WebhookError('options_invalid', { at: `appleAppStoreV2.${at}`, hint });
  if (typeof bundleId !== 'string' || bundleId === '') throw refuse('bundleId', 'Pass the bundle id of the app.');
  const environments: readonly unknown[] = Array.isArray(environment) ? environment : [environment];
  if (environments.length === 0 || !environments.every((one) => one === 'Production' || one === 'Sandbox'))
    throw refuse('environment', "Expected 'Production', 'Sandbox', or a list of both.");
  return definePreset<AppleAppStoreV2Events, 'keys'>({
    name: 'apple-app-store-v2',
    title: 'Apple App Store Server Notifications V2',
    scheme: jwt({
      token: { json: 'signedPayload' },
      algorithms: ['ES256'],
      certificateChain: { leafOid: '1.2.840.113635.100.6.11.1', issuerOid: '1.2.840.113635.100.6.2.1' },
      claims: {
        expiry: 'optional',
        custom: {
          name: 'Expected a notification for the app (bundleId) and the environment in the options of appleAppStoreV2.',
          sends: { 'data.bundleId': bundleId, 'data.environment': environments[0] as AppleEnvironment },
          findProblem: (claims) => findProblem(claims, bundleId, environments),
        },
      },
    }),
    eventId: { json: 'notificationUUID' },
    eventType: { json: 'notificationType' },
    eventCreatedAt: { json: 'signedDate', unit: 'milliseconds' },
    retries: {
      delaysSeconds: [3600, 43_200, 86_400, 172_800, 259_200],
      horizonSeconds: 565_200,
      note: 'Five retries, in production only: the sandbox sends once. Success is 200 to 206.',
    },
    secretHelp: 'Apple’s root certificates as PEM, from https://www.apple.com/certificateauthority/.',
    source: {
      title: 'Apple’s app-store-server-library for Node, jws_verification.ts',
      url: 'https://github.com/apple/app-store-server-library-node/blob/main/jws_verification.ts',
      readOn: '2026-11-26',
    },
    confidence: 'sdk_source',
    unsaid: [
      'How long the sender waits for a response. Apple’s staff call 30 seconds too long and advise a few at most.',
      'Whether a retry repeats the signed payload of the first attempt. Its notificationUUID stays the same.',
    ],
  });
}

/**
 * A notification is about one of four things, which names the app and environment. For an external purchase the
 * environment follows from the id. The order is that of Apple's own verifier.
 */
function findProblem(
  claims: Readonly<Record<string, unknown>>,
  bundleId: string,
  environments: readonly unknown[],
): string | undefined {
  const names = ['data', 'summary', 'externalPurchaseToken', 'appData'] as const;
  const name = names.find((one) => typeof claims[one] === 'object' && claims[one] !== null);
  if (name === undefined) return 'data';
  const about = claims[name] as Readonly<Record<string, unknown>>;
  if (about.bundleId !== bundleId) return `${name}.bundleId`;
  if (name !== 'externalPurchaseToken')
    return environments.includes(about.environment) ? undefined : `${name}.environment`;
  const { externalPurchaseId } = about;
  const isTest = typeof externalPurchaseId === 'string' && externalPurchaseId.startsWith('SANDBOX');
  return environments.includes(isTest ? 'Sandbox' : 'Production') ? undefined : `${name}.externalPurchaseId`;
}
