/** A JWS in a header whose payload is the delivery itself (RFC 7515 appendix F, RFC 7797). */

import type { DetachedJwsDescription } from '@countersign/core/jwt';
import type { Draft } from './draft.ts';
import { signJws } from './jws.ts';
import { toPrivateKey } from './signing-keys.ts';
import { privateKeyOf, type SigningOptions } from './signing-options.ts';

/** Signs a draft in place. */
export function signDetached(draft: Draft, description: DetachedJwsDescription, options: SigningOptions): void {
  const { header: name, algorithms, unencoded = false, timestamp, requires = {}, payloads } = description;
  const header: Record<string, unknown> = { alg: algorithms[0], ...requires };
  if (options.keyId !== undefined) header.kid = options.keyId;
  if (unencoded) Object.assign(header, { b64: false, crit: ['b64'] });
  if (timestamp !== undefined) {
    const { unit } = timestamp;
    const seconds = Math.floor(draft.at.getTime() / 1000);
    const time = unit === 'iso8601' ? draft.at.toISOString() : unit === 'seconds' ? seconds : draft.at.getTime();
    if ('jose' in timestamp) header[timestamp.jose] = time;
    else draft.put(timestamp, String(time));
  }
  Object.assign(header, payloads?.sends, options.joseHeader);
  const [chunks = [draft.body]] = payloads?.compute(draft.received, header, () => draft.url) ?? [];
  const payload = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as string)));
  const [first, , third] = signJws(header, payload, {
    privateKey: toPrivateKey(privateKeyOf(draft.provider, options)),
  });
  draft.put({ header: name }, `${first}..${third}`);
}
