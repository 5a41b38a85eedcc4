/** Recorded deliveries, each signed by somebody else's code, and receivers for them. */

import { readdirSync, readFileSync } from 'node:fs';
import { createReceiver, type Provider, type ReceiverPolicy } from '@countersign/core';
import { presets } from './presets.ts';

/** One delivery as it would arrive, and what it has to yield. */
export interface RecordedDelivery {
  readonly provider: string;
  /** Where the body is from. */
  readonly source: string;
  /** Who made the signature. */
  readonly signedBy: string;
  /** When it was signed, in seconds since 1970. */
  readonly at: number;
  readonly secret: string;
  /** The public key, for schemes that take one. */
  readonly key?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The headers without which nothing may be accepted. */
  readonly authenticatedBy: readonly string[];
  readonly body: string;
  readonly expected: {
    readonly id?: string;
    readonly type?: string;
    readonly createdAt?: string;
    /** A part of the payload. */
    readonly payload?: object;
    readonly signed: { readonly body: boolean; readonly id: boolean; readonly timestamp: boolean };
    readonly identityFrom: 'id' | 'digest';
  };
}

const folder = new URL('./recorded/', import.meta.url);

export const recordedDeliveries: readonly (readonly [file: string, delivery: RecordedDelivery])[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as RecordedDelivery]);

export function presetOf({ provider }: RecordedDelivery): Provider {
  const preset = presets.get(provider);
  if (preset === undefined) throw new Error(`there is no preset ${provider}`);
  return preset;
}

/** A receiver with the recording's own secret and time, except for what `other` says. */
export function receiverOf(
  recorded: RecordedDelivery,
  other: ReceiverPolicy & { readonly secret?: string; readonly key?: string; readonly secondsLater?: number } = {},
) {
  const { secret = recorded.secret, key = recorded.key, secondsLater = 0, ...policy } = other;
  const provider = presetOf(recorded);
  const { material } = provider.scheme;
  const now = new Date((recorded.at + secondsLater) * 1000);
  return createReceiver({
    provider,
    clock: () => now,
    onWarning: () => {},
    ...policy,
    ...(material === 'both' ? { secrets: secret, keys: key ?? '' } : { secrets: secret }),
  });
}

export function deliveryOf({ headers, body }: Pick<RecordedDelivery, 'headers' | 'body'>) {
  return { method: 'POST', headers, body: new TextEncoder().encode(body) };
}
