/** The options of archives. */

import { type ArchiveMethods, defineArchive, memoryStore, secretsByTenant } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { buildError, K1, R, receiverOf } from './fixtures.ts';

const methods = {} as ArchiveMethods;
const dedupe = { store: memoryStore(), namespace: 'billing' };
const faultOf = (policy: object, secrets: unknown = K1) => {
  const { code, at } = buildError(() => receiverOf(R, secrets as never, { onWarning: () => undefined, ...policy }));
  return [code, at];
};

describe('an archive', () => {
  it('needs a store with a namespace, and a key for its seals', () => {
    const archive = defineArchive(methods);
    expect(faultOf({ archive })).toEqual(['options_invalid', 'archive']);
    expect(faultOf({ archive, dedupe: memoryStore() })).toEqual(['options_invalid', 'dedupe.namespace']);
    for (const wrong of [null, {}, methods, 'archive']) expect(faultOf({ archive: wrong, dedupe })[1]).toBe('archive');
    const tenants = secretsByTenant({ a: K1 }, () => 'a');
    expect(faultOf({ archive, dedupe }, tenants)).toEqual(['secret_invalid', 'seal.keys']);
    expect(faultOf({ archive: defineArchive(methods, { seal: { keys: 'short' } }), dedupe })).toEqual([
      'secret_invalid',
      'seal.keys',
    ]);
    expect(() => receiverOf(R, K1, { archive, dedupe, onWarning: () => undefined })).not.toThrow();
    expect(() => receiverOf(R, K1, { archive, dedupe, deadLetter: { afterAttempts: 2 } } as never)).not.toThrow();
    expect(faultOf({ dedupe, deadLetter: { afterAttempts: 2 } })).toEqual(['options_invalid', 'deadLetter']);
  });

  it('refuses options that cannot be right', () => {
    const same = (bytes: Uint8Array) => bytes;
    for (const options of [
      { encrypt: same },
      { decrypt: same },
      { encrypt: 'aes', decrypt: same },
      { retentionSeconds: 1 },
      { settleSeconds: -1 },
      { timeoutSeconds: 0 },
      { seal: {} },
      { seal: 'key' },
    ])
      expect(buildError(() => defineArchive(methods, options as never)).code).toBe('options_invalid');
  });

  it('refuses lists and removals that name no namespace, or something unknown', async () => {
    const archive = defineArchive(methods);
    for (const list of [{}, { namespace: '' }, { namespace: 'a', after: '1' }, { namespace: 'a', limit: 0 }])
      await expect(archive.list(list as never)).rejects.toMatchObject({ code: 'options_invalid' });
    for (const list of [{ outcome: 'lost' }, { outcome: [] }, { since: 'today' }, { tenant: 'a', allTenants: true }])
      await expect(archive.list({ namespace: 'a', ...list } as never)).rejects.toMatchObject({
        code: 'options_invalid',
      });
    for (const prune of [{ namespace: 'a' }, { before: new Date() }, { outcome: 'failed' }])
      await expect(archive.prune(prune as never)).rejects.toMatchObject({ code: 'options_invalid' });
  });

  it('is refused by a receiver without one, with a message', async () => {
    const receiver = receiverOf(R, K1, { onWarning: () => undefined });
    await expect(receiver.replay('id', () => undefined)).rejects.toMatchObject({
      code: 'options_invalid',
      at: 'archive',
    });
  });
});
