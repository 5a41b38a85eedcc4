/** Which headers a scheme reads, and how much another name looks like one of them. */

import type { Scheme } from '../schemes/scheme.ts';
import type { SharedTokenDescription } from '../schemes/shared-token.ts';
import { type SignatureDescription, sourcesOf } from '../schemes/signed-text/description.ts';

/** A header that a scheme reads. */
export interface ExpectedHeader {
  readonly name: string;
  readonly role: 'signature' | 'timestamp' | 'id' | 'other';
}

/** The headers that a scheme cannot do without, one for each group of which any serves. */
export function expectedHeaders({ kind, description }: Scheme): readonly (readonly ExpectedHeader[])[] {
  const one = (name: string, role: ExpectedHeader['role']) => [{ name: name.toLowerCase(), role }];
  const place = (description as { token?: unknown; header?: unknown }) ?? {};
  if (kind === 'hmac' || kind === 'public_key') return signatureHeaders(description as SignatureDescription);
  if (kind === 'http_signature') return [one('signature', 'signature'), one('signature-input', 'other')];
  if (kind === 'detached_jws') return [one(String(place.header), 'signature')];
  const { token } = place as Partial<SharedTokenDescription>;
  if (typeof token !== 'object' || !('header' in token)) return [];
  return [[token.header].flat().flatMap((name) => one(name, 'signature'))];
}

function signatureHeaders(description: SignatureDescription): readonly (readonly ExpectedHeader[])[] {
  const { timestamp, id, nonce, signs, guards } = description;
  const signatures = sourcesOf(description).flatMap((source) =>
    'header' in source ? [{ name: source.header.toLowerCase(), role: 'signature' as const }] : [],
  );
  const groups: (readonly ExpectedHeader[])[] = signatures.length === 0 ? [] : [signatures];
  const add = (name: string, role: ExpectedHeader['role']) => {
    if (!groups.flat().some((known) => known.name === name.toLowerCase()))
      groups.push([{ name: name.toLowerCase(), role }]);
  };
  if (timestamp !== undefined && 'header' in timestamp && signs.includes('timestamp'))
    add(timestamp.header, 'timestamp');
  if (id !== undefined) add(id.header, 'id');
  if (nonce !== undefined) add(nonce.header, 'other');
  for (const name of Object.keys(guards ?? {})) add(name, 'other');
  for (const part of signs) if (typeof part === 'object' && 'header' in part) add(part.header, 'other');
  return groups;
}

/** How much a found name looks like a wanted one; 0 for not at all. */
export function likeness(found: string, wanted: string): number {
  if (found === wanted) return 0;
  const bare = (name: string) =>
    name.replaceAll('_', '-').replace(/^(?:http-|x-(?:original-|forwarded-|amzn-remapped-)?)+/, '');
  if (bare(found) === bare(wanted)) return 100;
  if (bare(found).replaceAll('-', '') === bare(wanted).replaceAll('-', '')) return 90;
  const [ends, wantedEnds] = [found, wanted].map((name) => name.split(/[-_]/).at(-1));
  return ends === wantedEnds && ends !== undefined && ends.length > 1 ? 50 : 0;
}

/** A header's name, for a message; undefined for what is none. */
export function safeName(name: string): string | undefined {
  return /^[a-z][a-z0-9_-]{0,39}$/.test(name) ? name : undefined;
}
