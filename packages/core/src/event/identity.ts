/** Decides the key under which an event is remembered: from signed data, or by the app's own rule. */

import { crypto } from '#crypto';
import { encodeBase64Url, encodeUtf8 } from '../encoding.ts';
import { askOptionalText } from '../options/option-values.ts';
import { isIndistinct } from '../provider/event-source.ts';
import type { EventContext, Identity, WebhookEvent } from './event.ts';

/** The facts that may identify an event. */
export interface IdentityMaterial {
  /** The tenant whose secret matched. */
  readonly tenant: string | undefined;
  /** The parts of an id that was read from signed data. */
  readonly signedId: readonly (string | undefined)[] | undefined;
  /** The same for an id, and for a type, from unsigned data. */
  readonly unsignedId: readonly (string | undefined)[] | undefined;
  readonly unsignedType: readonly (string | undefined)[] | undefined;
  /** The signed bytes that identify the event. */
  readonly content: Uint8Array;
  /** Its place in a batch that is signed as a whole. */
  readonly place: number | undefined;
}

/** Increased for one kind if its computation changes, so that an old record never matches a new key. */
const keyVersions = { id: '2', digest: '2', app: '2', none: '2', entity: '2', work: '1' } as const;

type Kind = keyof typeof keyVersions;

/**
 * The identity of a verified event.
 *
 * A signed id; otherwise the digest of the signed data. On a replay, an id outside the signature could be replaced, so it joins the digest
 * only if the sender's facts say that two events can have the same bytes and that each attempt keeps the id; if there is no id, an unsigned
 * type joins instead. If events can have the same bytes and nothing tells them apart, each delivery counts as its own event. An app may
 * define its own rule, which takes precedence if it returns a value.
 *
 * @throws options_invalid if the app's rule throws, or returns something other than text
 */
export async function identify(
  event: WebhookEvent,
  context: EventContext,
  material: IdentityMaterial,
): Promise<Identity> {
  const { identityOf, provider, joinsUnsigned } = context;
  const stated = identityOf === undefined ? undefined : askOptionalText('dedupe.identity', () => identityOf(event));
  if (stated !== undefined) return { key: await keyOf(context, material.tenant, 'app', [stated]), from: 'app' };
  const { signedId, content, place } = material;
  if (signedId !== undefined) return { key: await keyOf(context, material.tenant, 'id', signedId), from: 'id' };
  const digest = encodeBase64Url(await crypto.digest('SHA-256', [content]));
  const joined = joinsUnsigned ? joinedOf(provider, material) : undefined;
  if (joinsUnsigned && isIndistinct(provider)) {
    // Nothing tells this event from the next one with the same bytes, and dropping that one would lose it.
    return { key: await keyOf(context, material.tenant, 'none', [randomName()]), from: 'none' };
  }
  const parts = [digest, place === undefined ? '' : String(place), joined?.by ?? '', ...(joined?.parts ?? [])];
  const key = await keyOf(context, material.tenant, 'digest', parts);
  return joined === undefined ? { key, from: 'digest' } : { key, from: 'digest', joined: joined.by };
}

/** The key of an entity in a namespace, for the order of its events. */
export function entityKeyOf(context: EventContext, tenant: string | undefined, entity: string): Promise<string> {
  return keyOf(context, tenant, 'entity', [entity]);
}

/** A second key of an event, for runs that must not change what is recorded under its own. */
export async function keyForRun(key: string, ...purpose: readonly string[]): Promise<string> {
  return encodeBase64Url(await crypto.digest('SHA-256', [[key, ...purpose].map(lengthFirst).join('')]));
}

/** The key of a job's event, and of its entity, in a worker: work is claimed apart from the delivery that brought it. */
export function workKeyOf(
  context: EventContext,
  tenant: string | undefined,
  kind: 'event' | 'entity',
  name: string,
): Promise<string> {
  return keyOf(context, tenant, 'work', [kind, name]);
}

function joinedOf(
  { identity }: EventContext['provider'],
  { unsignedId, unsignedType }: IdentityMaterial,
): { readonly by: 'id' | 'type'; readonly parts: readonly (string | undefined)[] } | undefined {
  if (identity?.bytesRepeat !== true || identity.source === undefined) return undefined;
  if (unsignedId !== undefined) return identity.idKept === true ? { by: 'id', parts: unsignedId } : undefined;
  return unsignedType === undefined ? undefined : { by: 'type', parts: unsignedType };
}

async function keyOf(
  { provider, namespace }: EventContext,
  tenant: string | undefined,
  kind: Kind,
  identity: readonly (string | undefined)[],
): Promise<string> {
  const parts = [keyVersions[kind], namespace, provider.name, provider.scheme.kind, kind, tenant, ...identity];
  let text = '';
  // Most parts are short and ASCII; all others follow the rule of {@link lengthFirst}.
  for (const part of parts)
    text += part !== undefined && !/[\u0080-\uffff]/.test(part) ? `${part.length}:${part}` : lengthFirst(part);
  return encodeBase64Url(await crypto.digest('SHA-256', [text]));
}

/**
 * A part after its number of bytes in UTF-8, so that nothing moves to its neighbour. An absent one differs from an empty one. All lone
 * surrogates are the same in UTF-8, so a text with one is written with escapes (JSON).
 */
export function lengthFirst(part: string | undefined): string {
  if (part === undefined) return '-';
  if (/\p{Surrogate}/u.test(part)) return `~${JSON.stringify(part).length}:${JSON.stringify(part)}`;
  return `${encodeUtf8(part).length}:${part}`;
}

function randomName(): string {
  return encodeBase64Url(globalThis.crypto.getRandomValues(new Uint8Array(16)));
}
