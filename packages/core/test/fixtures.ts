/** Shared by the adversarial cases: keys, the body, known answers, and signatures made with node:crypto alone. */

import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import {
  createReceiver,
  type Delivery,
  defineProvider,
  type HeaderSource,
  hmac,
  isWebhookError,
  type Provider,
  type ReceiverPolicy,
  rawBodyHmac,
  type SecretInput,
  timestampedHmac,
  type WebhookError,
  type WebhookErrorCode,
} from '@countersign/core';
import { expect } from 'vitest';

/** Whether certificates can be created here; if not, tests that need some are skipped. */
export const hasOpenssl = canRun('openssl', ['version']);

function canRun(command: string, options: string[]): boolean {
  try {
    execFileSync(command, options, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export const K1 = '0123456789abcdef0123456789abcdef';
export const K2 = 'fedcba9876543210fedcba9876543210';
export const K1Base64 = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
export const now = 1_700_000_000;
export const B = bytes('{"id":"evt_1","type":"t","n":475.50}');

/** Known answers of the battery, computed elsewhere before this code was written. */
export const known = {
  tK1: '062d2e588776f58e11983cfdb83c32a8e181ec277bd717e7cd4629234cdcd13e',
  tK2: 'aa52170ccfaa8021fcb0dc60c5d36c37e56336bed2c5debe8f17f4feae2684ac',
  rK1: 'ebb4113dfad4d4b836de3823659d6239892baf9e64eb5fee3a23338491da0165',
  rEmptyBody: '796cd3078af14636753d26b3b5555422ff55a3e261cf847b48e95371b9bd0aa2',
  sK1: 'v1,jKT5LB6UfSqtqGwZi3jtQdXQ7qaiCc499a3LsWbh52Y=',
  rEmptyKey: 'f5ab0c9191b06c4d6884d7b35ca0ab10b102460f229565d4f40de0d9609a88c6',
  tEmptyKey: '6341dfa5db184fc8b3b7130fb60aa4333a1752e77cea2d632bda168746cd0825',
};

/** The battery's neutral names and their names here. */
export const codes = {
  missing_signature: ['header_missing'],
  malformed_signature: ['header_malformed', 'header_repeated', 'timestamp_malformed'],
  signature_mismatch: ['signature_mismatch'],
  timestamp_too_old: ['timestamp_too_old'],
  timestamp_in_future: ['timestamp_too_new'],
  token_invalid: ['token_invalid', 'token_expired', 'signature_mismatch', 'key_unknown', 'header_malformed'],
  raw_body_unavailable: ['body_not_raw'],
  payload_invalid: ['payload_malformed'],
  config_invalid: ['options_invalid', 'secret_invalid'],
} satisfies Record<string, WebhookErrorCode[]>;

export const T = defineProvider({
  name: 't',
  scheme: timestampedHmac({ header: 'x-sig' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
});
export const R = defineProvider({ name: 'r', scheme: rawBodyHmac({ header: 'x-sig' }) });
export const prefixedR = defineProvider({ name: 'r', scheme: rawBodyHmac({ header: 'x-sig', prefix: 'sha256=' }) });
export const S = defineProvider({
  name: 's',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'webhook-signature', key: 'v1', separator: ' ', assign: ',', encoding: 'base64' },
    timestamp: { header: 'webhook-timestamp', unit: 'seconds' },
    id: { header: 'webhook-id' },
    signs: ['id', { text: '.' }, 'timestamp', { text: '.' }, 'body'],
    secret: { encoding: 'base64', prefix: 'whsec_', minBytes: 24 },
  }),
  eventType: { json: 'type' },
});

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function sign(secret: string | Uint8Array, ...parts: (string | Uint8Array)[]): Buffer {
  const mac = createHmac('sha256', secret);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

export function signT(secret: string, time: number | string, body: Uint8Array): string {
  return `t=${time},v1=${sign(secret, `${time}.`, body).toString('hex')}`;
}

export function receiverOf(provider: Provider, secrets: SecretInput, policy: Partial<ReceiverPolicy> = {}) {
  return createReceiver({
    provider: provider as Provider<object, 'secrets'>,
    secrets,
    clock: () => new Date(now * 1000),
    onOutcome: () => undefined,
    onWarning: () => undefined,
    ...policy,
  });
}

export function deliveryOf(headers: HeaderSource, body: Uint8Array = B, rest: Partial<Delivery> = {}): Delivery {
  return { headers, body, ...rest };
}

export function standardHeaders(signature: string, id = 'msg_1', time: number | string = now): Record<string, string> {
  return { 'webhook-id': id, 'webhook-timestamp': String(time), 'webhook-signature': signature };
}

/** The code with which a promise is rejected; fails if it is fulfilled or rejected with anything else. */
export async function codeOf(promise: Promise<unknown>): Promise<WebhookErrorCode> {
  try {
    await promise;
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    return error.code;
  }
  throw new Error('It was accepted.');
}

export async function expectRefused(promise: Promise<unknown>, name: keyof typeof codes): Promise<void> {
  expect(codes[name]).toContain(await codeOf(promise));
}

/** The code thrown when something is built; fails if nothing is thrown. */
export function buildError(build: () => unknown): WebhookError {
  try {
    build();
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    return error;
  }
  throw new Error('It was built.');
}
