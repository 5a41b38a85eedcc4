/** Decides under which key an event is remembered: from signed material only, or by the app's own rule. */

import { crypto } from '#crypto';
import type { Chunk } from './crypto/hmac.ts';
import type { Delivery } from './delivery.ts';
import { encodeBase64Url } from './encoding.ts';
import type { EventContext, Identity, WebhookEvent } from './event.ts';
import { askText } from './option-values.ts';
import type { Proof } from './schemes/scheme.ts';

/** Changes when the making of keys changes, so that an old record is never taken for a new one. */
const keyVersion = '1';

/**
 * The identity of a verified event.
 *
 * An id outside the signature could be exchanged on a replay, so it is never the key: then, and where there is no id,
 * the body's digest is, for an event of a batch together with its place in it. An app may state its own rule, which wins.
 *
 * @throws options_invalid when the app's rule throws or gives no text
 */
export async function identify(
  event: WebhookEvent,
  context: EventContext,
  delivery: Delivery,
  proof: Proof,
  place?: number,
): Promise<Identity> {
  const { identityOf } = context;
  const stated = identityOf === undefined ? undefined : askText('dedupe.identity', () => identityOf(event));
  const id = stated ?? (event.signed.id ? event.id : undefined);
  const from = stated !== undefined ? 'app' : id !== undefined ? 'id' : 'digest';
  const identity = id ?? encodeBase64Url(await crypto.digest('SHA-256', signedChunks(delivery, proof, place)));
  return { key: await keyOf(context, delivery, from, identity), from };
}

/** The key of one entity of an endpoint, for the order of its events. */
export function entityKeyOf(context: EventContext, delivery: Delivery, entity: string): Promise<string> {
  return keyOf(context, delivery, 'entity', entity);
}

async function keyOf(context: EventContext, delivery: Delivery, kind: string, identity: string): Promise<string> {
  const { provider } = context;
  const parts = [keyVersion, context.endpointOf(delivery), provider.name, provider.scheme.kind, kind, identity];
  // Each part behind its length: ('a:b', 'c') and ('a', 'b:c') stay two keys.
  const text = parts.map((part) => `${part.length}:${part}`).join('');
  return encodeBase64Url(await crypto.digest('SHA-256', [text]));
}

function signedChunks(delivery: Delivery, proof: Proof, place: number | undefined): Chunk[] {
  const ofElement = place === undefined ? undefined : proof.elements?.[place];
  if (ofElement !== undefined) return [ofElement];
  const content = proof.content ?? delivery.body;
  return place === undefined ? [content] : [content, `#${place}`];
}
