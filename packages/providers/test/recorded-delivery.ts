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
  /** When it was signed, in seconds since 1970; may have decimals where the sender signs milliseconds. */
  readonly at: number;
  readonly secret?: string;
  /** A secret of the same form that did not sign; needed where the first one turned round is none. */
  readonly otherSecret?: string;
  /** The public key, for schemes that take one. */
  readonly key?: string;
  /** A public key of the same form that did not sign. */
  readonly otherKey?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The headers without which nothing may be accepted. */
  readonly authenticatedBy: readonly string[];
  /** Default `POST`. */
  readonly method?: string;
  /** The request target. Default `/`. */
  readonly url?: string;
  /** The origin the sender posts to, for schemes that sign the URL. */
  readonly publicUrl?: string;
  /** What may differ in the body although its content is signed; it must not change the event's identity. */
  readonly unsignedBytes?: string;
  readonly body: string;
  readonly expected: {
    readonly id?: string;
    readonly type?: string;
    readonly createdAt?: string;
    /** A part of the payload. */
    readonly payload?: unknown;
    readonly signed: { readonly body: boolean; readonly id: boolean; readonly timestamp: boolean };
    readonly identityFrom: 'id' | 'digest' | 'none';
    /** The token says until when it counts, and not when it was made. */
    readonly hasNoTimeOfSigning?: boolean;
    /** The events of a batch, in their order. */
    readonly events?: readonly { readonly id?: string; readonly type?: string }[];
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
    ...(recorded.publicUrl !== undefined && { publicUrl: recorded.publicUrl }),
    ...policy,
    ...((material === 'secrets' || material === 'both') && { secrets: secret }),
    ...((material === 'keys' || material === 'both') && { keys: key }),
  } as never);
}

export function deliveryOf({ headers, body, url = '/', method = 'POST' }: RecordedDelivery) {
  return { method, url, headers, body: new TextEncoder().encode(body) };
}

/** A secret of the same form and another value. */
export function otherSecretOf({ secret = '', otherSecret }: RecordedDelivery): string {
  return otherSecret ?? [...secret].reverse().join('');
}
