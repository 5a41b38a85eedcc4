import { createReceiver, defineProvider, hmac, rawBodyHmac, sharedToken, timestampedHmac } from '@countersign/core';
import type { ProviderDescription, UnverifiableProvider } from '@countersign/core/describe';
import { lintProvider } from '@countersign/core/describe';
import { publicKey } from '@countersign/core/public-key';
import { afterEach, describe, expect, it, vi } from 'vitest';

const codes = (provider: ProviderDescription, options?: Parameters<typeof lintProvider>[1]) =>
  lintProvider(provider, options).map(({ code }) => code);
const sound: ProviderDescription<'secrets'> = {
  name: 'sound',
  scheme: timestampedHmac({ header: 'x-sig' }),
  eventId: { json: 'id' },
};

it('refuses a receiver for a sender that cannot be verified, and says why and what to do', () => {
  const provider = {
    name: 'mute',
    title: 'Mute',
    unverifiable: 'It signs nothing.',
    instead: 'Ask its API.',
    source: { readOn: '2026-11-20' },
  } satisfies UnverifiableProvider;
  expect(() => createReceiver({ provider, secrets: 'a-secret-of-the-tests-0' } as never)).toThrow(
    expect.objectContaining({
      code: 'options_invalid',
      hint: 'mute cannot be verified: It signs nothing. Ask its API.',
    }),
  );
});

describe('the linter for descriptions', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it('finds nothing in a description that signs body, time and id', () => {
    expect(codes(sound)).toEqual([]);
  });

  it('finds a time, a body and an id that are not signed', () => {
    expect(codes({ ...sound, scheme: rawBodyHmac({ header: 'x-sig' }) })).toEqual(['time_unsigned']);
    expect(codes({ ...sound, eventId: { header: 'x-id' } })).toEqual(['identity_missing']);
    expect(
      codes({ name: 'token', scheme: sharedToken({ token: { header: 'x-token' } }), eventId: { json: 'id' } }),
    ).toEqual(['body_unsigned', 'time_unsigned', 'identity_missing']);
  });

  it('distinguishes a body with some signed fields from one that is not signed at all', () => {
    const scheme = hmac({
      hash: 'SHA-256',
      signature: { json: 'signature', encoding: 'hex' },
      signs: [{ json: 'amount' }, { text: ':' }, { json: 'id' }],
    });
    expect(codes({ name: 'fields', scheme })).toEqual(['body_partial', 'time_unsigned', 'identity_missing']);
  });

  it('finds SHA-1 and a plain hash, with a shared secret and with a public key', () => {
    expect(codes({ ...sound, scheme: rawBodyHmac({ header: 'x-sig', hash: 'SHA-1' }) })).toContain('hash_weak');
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-1' } as const;
    const scheme = publicKey({ algorithm, signature: { header: 'x-sig', encoding: 'base64' }, signs: ['body'] });
    expect(codes({ name: 'rsa', scheme, eventId: { json: 'id' } })).toContain('hash_weak');
    const plain = hmac({
      hash: 'SHA-256',
      construction: 'secret_prefix',
      signature: { header: 'x-sig', encoding: 'hex' },
      signs: ['body'],
    });
    expect(codes({ ...sound, scheme: plain })).toContain('hash_bare');
  });

  it('finds a window that is wider than the retention', () => {
    expect(codes({ ...sound, toleranceSeconds: 3600 }, { retentionSeconds: 7200 })).toEqual([]);
    expect(codes({ ...sound, toleranceSeconds: 3601 }, { retentionSeconds: 7200 })).toEqual(['window_wide']);
  });

  it('finds a certificate that may come from any host', () => {
    const scheme = publicKey({
      algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      signature: { header: 'x-sig', encoding: 'base64' },
      signs: ['body'],
      certificate: { url: { header: 'x-cert' }, hosts: [] as never },
    });
    expect(codes({ name: 'open', scheme, eventId: { json: 'id' } })).toContain('certificate_open');
  });

  it('prints in development, for your own descriptions, and nowhere else', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const doubtful = { ...sound, scheme: rawBodyHmac({ header: 'x-sig' }) };
    for (const environment of ['production', 'test', '']) {
      vi.stubEnv('NODE_ENV', environment);
      defineProvider(doubtful);
    }
    expect(warn).not.toHaveBeenCalled();
    vi.stubEnv('NODE_ENV', 'development');
    defineProvider({ ...doubtful, confidence: 'documented' });
    defineProvider(sound);
    expect(warn).not.toHaveBeenCalled();
    defineProvider(doubtful);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^countersign: sound: No timestamp is signed/)]]);
  });

  it('does not print if the runtime does not reveal NODE_ENV', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    // Deno without --allow-env.
    const env = new Proxy(
      {},
      {
        get: () => {
          throw new Error('Requires env access to "NODE_ENV"');
        },
      },
    );
    vi.stubGlobal('process', { env });
    expect(() => defineProvider({ name: 'own', scheme: rawBodyHmac({ header: 'x-sig' }) })).not.toThrow();
    vi.unstubAllGlobals();
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});
