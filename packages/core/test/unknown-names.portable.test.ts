/** A misspelled name in a description, in plain JavaScript: without a check it would be silently ignored. */

import { createReceiver, defineProvider, hmac, memoryStore, rawBodyHmac } from '@countersign/core';
import { publicKey } from '@countersign/core/public-key';
import { describe, expect, it, vi } from 'vitest';

const scheme = rawBodyHmac({ header: 'x-sig' });
const signature = { header: 'x-sig', encoding: 'hex' } as const;
const secret = '0123456789abcdef0123456789abcdef';

describe('a name that no description has', () => {
  it.each<[string, () => unknown]>([
    ['provider.toleranceSecond', () => defineProvider({ name: 'a', scheme, toleranceSecond: 60 } as never)],
    [
      'provider.eventid',
      () => createReceiver({ provider: { name: 'a', scheme, eventid: { json: 'id' } }, secrets: secret } as never),
    ],
    [
      'scheme.timestmap',
      () => hmac({ hash: 'SHA-256', signature, signs: ['body'], timestmap: { header: 't', unit: 'seconds' } } as never),
    ],
    [
      'scheme.signature.seperator',
      () => hmac({ hash: 'SHA-256', signature: { ...signature, seperator: ';' }, signs: ['body'] } as never),
    ],
    [
      'scheme.timestamp.units',
      () =>
        hmac({
          hash: 'SHA-256',
          signature,
          signs: ['body'],
          timestamp: { header: 't', unit: 'seconds', units: 's' },
        } as never),
    ],
    [
      'scheme.hash',
      () => publicKey({ algorithm: { name: 'Ed25519' }, hash: 'SHA-256', signature, signs: ['body'] } as never),
    ],
  ])('is refused with its place: %s', (at, define) => {
    expect(define).toThrow(expect.objectContaining({ code: 'options_invalid', at }));
  });

  it.each(['id', 5, null])('is refused if a place is %j and not a place at all', (eventId) => {
    expect(() => defineProvider({ name: 'a', scheme, eventId } as never)).toThrow(
      expect.objectContaining({ code: 'options_invalid', at: 'provider.eventId' }),
    );
  });
});

describe('an option that nearly exists', () => {
  const hintOf = (options: object) => {
    try {
      createReceiver({ provider: { name: 'a', scheme }, secrets: secret, ...options } as never);
    } catch (error) {
      return (error as { hint: string }).hint;
    }
  };

  it.each<[object, string]>([
    [{ secret }, 'Did you mean secrets?'],
    [{ tolerance: 60 }, 'Did you mean toleranceSeconds?'],
    [{ onOutcomes: () => undefined }, 'Did you mean onOutcome?'],
    [{ maxBodyByte: 1 }, 'Did you mean maxBodyBytes?'],
    [{ ToleranceSeconds: 60 }, 'Did you mean toleranceSeconds?'],
    [{ publicURLs: 'https://example.com' }, 'Did you mean publicUrl?'],
    [{ handlerTimeoutSecond: 1 }, 'Did you mean handlerTimeoutSeconds?'],
    [{ dedupe: { store: memoryStore(), namespaces: 'a' } }, 'Did you mean dedupe.namespace?'],
    [{ dedupe: { store: memoryStore(), deadLetter: {} } }, 'Set it next to dedupe'],
    [{ dedupe: { store: memoryStore(), ordering: {} } }, 'Set it next to dedupe'],
  ])('is refused with the name that was meant: %o', (options, hint) => {
    expect(hintOf(options)).toContain(hint);
  });

  it.each([{ debug: true }, { x: 1 }, { to: 1 }, { store: 1 }, { logger: console }])(
    'is not guessed where nothing is near: %o',
    (options) => {
      expect(hintOf(options)).toMatch(/^There is no such option\. There are: provider, secrets, /);
    },
  );
});

describe('secrets that have all expired', () => {
  const past = new Date(Date.now() - 1000);
  const warningsOf = (secrets: never) => {
    const onWarning = vi.fn<(warning: { code: string }) => void>();
    const provider = defineProvider({ name: 'a', scheme, eventId: { json: 'id' } });
    createReceiver({ provider, secrets, dedupe: memoryStore(), onWarning });
    return onWarning.mock.calls.map(([{ code }]) => code).filter((code) => code === 'secrets_expired');
  };

  it('cause a warning at startup', () => {
    expect(warningsOf([{ value: secret, notAfter: past }] as never)).toEqual(['secrets_expired']);
    expect(
      warningsOf([
        { id: 'old', value: secret, notAfter: past },
        { id: 'new', value: `${secret}2` },
      ] as never),
    ).toEqual([]);
    expect(warningsOf(secret as never)).toEqual([]);
  });
});
