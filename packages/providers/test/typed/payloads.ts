/** What the tests of payloads share: real deliveries, recorded bodies, and types to compare a body with a payload. */

import { readFileSync } from 'node:fs';
import { createReceiver, type Provider } from '@countersign/core';
import { createSigningKeys, signDelivery } from '@countersign/testing/signing';

export type { Part } from '../../src/events/sender-events.ts';

/** The top-level fields of a payload, with any value: for recorded bodies, whose values are our own. */
export type FieldsOf<Payload> = Payload extends object ? { readonly [Key in keyof Payload]?: unknown } : never;

/** The names of a map of events. */
export type NamesIn<Events> = Exclude<keyof Events & string, 'otherwise'>;

/** The names whose payload is unknown. */
export type UntypedIn<Events> = {
  [Name in NamesIn<Events>]: unknown extends Events[Name] ? Name : never;
}[NamesIn<Events>];

/** The names of a list in `src/events`. */
export type Listed<List extends { readonly names: readonly string[] }> = List['names'][number];

/** What a handler gets from a body that the sender posts, signed with new keys and verified. */
export async function received(provider: Provider, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const { signing, receiver } = createSigningKeys(provider);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const delivery = await signDelivery(provider, { ...signing, body: text, headers });
  const events: { readonly type: string | undefined; readonly payload: unknown }[] = [];
  const endpoint = createReceiver({
    provider,
    ...receiver,
    publicUrl: 'https://example.com',
    onWarning: () => {},
  } as never);
  const outcome = await endpoint.receive(delivery, ({ type, payload }) => {
    events.push({ type, payload });
  });
  if (outcome.kind === 'rejected') throw outcome.error;
  return events;
}

/** The body of `test/recorded/<file>.json`, parsed. */
export function recordedBody(file: string): unknown {
  return JSON.parse(recordedText(file));
}

/** The body of `test/recorded/<file>.json` as it was sent. */
export function recordedText(file: string): string {
  return JSON.parse(readFileSync(new URL(`../recorded/${file}.json`, import.meta.url), 'utf8')).body;
}
