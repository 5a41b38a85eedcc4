/** The headers that a signed text reads. */

import { type SignatureDescription, sourcesOf } from '../schemes/signed-text/description.ts';

/** A header that a scheme reads. */
export interface ExpectedHeader {
  /** In lower case. */
  readonly name: string;
  readonly role: 'signature' | 'timestamp' | 'id' | 'other';
}

/** A group of one header. */
export function expectHeader(name: string, role: ExpectedHeader['role']): readonly ExpectedHeader[] {
  return [{ name: name.toLowerCase(), role }];
}

/** The headers that a signed text requires: one group per header, any member of which is enough. */
export function signatureHeaders(description: SignatureDescription): readonly (readonly ExpectedHeader[])[] {
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
