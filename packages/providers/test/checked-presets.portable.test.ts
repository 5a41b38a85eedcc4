/** Presets are defined without checks, so that apps do not carry them: here each goes through the checks that a description of your own meets. */

import { createReceiver, defineProvider, hmac, isWebhookError, type Provider } from '@countersign/core';
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

  it('that gets a batch or a form for its payload needs the code that defineProvider adds', () => {
    const scheme = presetHmac({ hash: 'SHA-256', signature: { header: 'x-sig', encoding: 'hex' }, signs: ['body'] });
    const preset = definePreset({ name: 'plain', scheme });
    const create = (provider: Provider<object, 'secrets'>) =>
      createReceiver({ provider, secrets: 'a secret of many bytes', onWarning: () => undefined });
    for (const added of [{ batch: { json: 'events.*' } }, { payload: 'json_or_form' }] as const) {
      expect(() => create({ ...preset, ...added })).toThrow('defineProvider');
      expect(create(defineProvider({ ...preset, ...added }))).toBeDefined();
      expect(create({ ...defineProvider({ ...preset, ...added }), title: 'A copy' })).toBeDefined();
    }
  });

  it('that names a part or a place without the code for it is refused when a receiver is built', () => {
    const signature = { json: 'signature', encoding: 'hex' } as const;
    const inBody = presetHmac({ hash: 'SHA-256', signature, signs: ['body'] });
    expect(() => inBody.bind({ secrets: 'a secret of many bytes' } as never)).toThrow('bodyValues');
    const ofUrl = presetHmac({ hash: 'SHA-256', signature: { header: 'x-sig', encoding: 'hex' }, signs: ['url'] });
    expect(() => ofUrl.bind({ secrets: 'a secret of many bytes' } as never)).toThrow('signedUrl');
    const plain = presetHmac({
      hash: 'SHA-256',
      construction: 'secret_prefix',
      signature: { header: 'x-sig', encoding: 'hex' },
      signs: ['body'],
    });
    expect(() => plain.bind({ secrets: 'a secret of many bytes' } as never)).toThrow('plainHash');
  });
});
