/** What one change of a request is, and what the changes know of the delivery they start from. */

import type { Provider } from '@countersign/core';
import type { SignatureDescription, SignatureSource } from '@countersign/core/describe';
import { type ChangedRequest, changeable } from '../changed-request.ts';
import type { Random } from '../random.ts';
import type { Sample } from '../samples.ts';

/** Changes a request in place. False where there is nothing to change in this way; the request is then as it was. */
export interface Change {
  readonly name: string;
  readonly apply: (request: ChangedRequest, random: Random, subject: Subject) => boolean;
}

/** What changes know of a genuine delivery: places and names, never a secret. */
export interface Subject {
  readonly preset: Provider;
  /** Where the sender is told to post to; empty where the scheme signs no address. */
  readonly publicUrl: string;
  /** The description of a signature over a text; undefined for tokens and message signatures. */
  readonly text: SignatureDescription | undefined;
  readonly signatures: readonly SignatureSource[];
  /** Headers that the description, or the preset, reads: their changes matter most. */
  readonly headerNames: readonly string[];
  /** Whether the received bytes are signed as they are, so that hardly a change of them is accepted. */
  readonly signsBytes: boolean;
  /** Whether the address takes part. */
  readonly signsUrl: boolean;
  /** Other genuine deliveries that the same key signed. */
  readonly others: readonly ChangedRequest[];
}

export function subjectOf({ preset, publicUrl }: Sample, others: readonly Sample[] = []): Subject {
  const { description, kind } = preset.scheme;
  const text = kind === 'hmac' || kind === 'public_key' ? (description as SignatureDescription) : undefined;
  const signatures = text === undefined ? [] : [text.signature].flat();
  const written = JSON.stringify(description);
  return {
    preset,
    publicUrl,
    text,
    signatures: signatures as readonly SignatureSource[],
    headerNames: headerNamesIn([description, preset.eventId, preset.eventType, preset.eventCreatedAt]),
    signsBytes:
      text === undefined
        ? kind === 'detached_jws' || kind === 'http_signature' || written.includes('bodyHash')
        : text.signs.some((part) => part === 'body' || (typeof part === 'object' && 'bodyDigest' in part)),
    signsUrl: /"url|"@|queryHash|"query"|canonical request/i.test(written) || kind === 'detached_jws',
    others: others.map((other) => changeable(other.delivery())),
  };
}

/** Every header that a description names, wherever it stands. */
function headerNamesIn(value: unknown): string[] {
  const names = new Set<string>();
  const walk = (part: unknown) => {
    if (typeof part !== 'object' || part === null) return;
    for (const [name, inner] of Object.entries(part)) {
      if (name === 'header')
        for (const one of [inner].flat()) if (typeof one === 'string') names.add(one.toLowerCase());
      walk(inner);
    }
  };
  walk(value);
  return [...names];
}
