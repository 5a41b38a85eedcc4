/** Presets are defined without checks, so that apps do not carry them: here each goes through the checks that a description of your own meets. */

import { defineProvider, hmac, isWebhookError, type Provider } from '@countersign/core';
import { definePreset, hmac as presetHmac } from '@countersign/core/preset';
import { publicKey } from '@countersign/core/public-key';
import { describe, expect, it } from 'vitest';
import { presets } from './presets.ts';

/** Throws where the checks refuse a provider. */
function check(provider: Provider): void {
  const { kind, description } = provider.scheme;
  if (kind === 'hmac') hmac(description as never);
  if (kind === 'public_key') publicKey(description as never);
  defineProvider({ ...provider } as never);
}

function refusalOf(provider: Provider): string | undefined {
  try {
    check(provider);
    return undefined;
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    return error.at;
  }
}

describe('a preset', () => {
  it.each([...presets])('%s passes the checks of defineProvider', (_, preset) => {
    expect(refusalOf(preset)).toBeUndefined();
  });

  it('with parts that run into each other, a misspelled field or a plain list of handshakes does not pass', () => {
    const signature = { header: 'x-sig', encoding: 'hex' } as const;
    const scheme = presetHmac({ hash: 'SHA-256', signature, signs: ['body'] });
    const runningTogether = () =>
      presetHmac({ hash: 'SHA-256', signature, id: { header: 'x-id' }, signs: ['id', 'method', 'body'] });
    expect(refusalOf(definePreset({ name: 'fine', scheme }))).toBeUndefined();
    expect(refusalOf(definePreset({ name: 'own', scheme: runningTogether() }))).toBe('scheme.signs');
    expect(refusalOf(definePreset({ name: 'own', scheme, eventID: { json: 'id' } } as never))).toBe('provider.eventID');
    expect(refusalOf(definePreset({ name: 'own', scheme, handshakes: [] as never }))).toBe('provider.handshakes');
  });

  it('that names a part or a place without the code for it is refused when a receiver is built', () => {
    const signature = { json: 'signature', encoding: 'hex' } as const;
    const inBody = presetHmac({ hash: 'SHA-256', signature, signs: ['body'] });
    expect(() => inBody.bind({ secrets: 'a secret of many bytes' } as never)).toThrow('bodyValues');
    const ofUrl = presetHmac({ hash: 'SHA-256', signature: { header: 'x-sig', encoding: 'hex' }, signs: ['url'] });
    expect(() => ofUrl.bind({ secrets: 'a secret of many bytes' } as never)).toThrow('signedUrl');
  });
});
