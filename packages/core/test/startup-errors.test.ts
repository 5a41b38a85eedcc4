/** Errors when an app starts: they name the receiver, and the app's line. */

import { createReceiver, defineProvider, rawBodyHmac } from '@countersign/core';
import { describe, expect, it } from 'vitest';

const provider = defineProvider({ name: 'billing-app', scheme: rawBodyHmac({ header: 'x-sig' }) });

function buildHere(secrets: unknown): Error & { readonly code?: string; readonly hint?: string } {
  try {
    createReceiver({ provider, secrets: secrets as string });
  } catch (error) {
    return error as Error;
  }
  throw new Error('It was accepted.');
}

describe('an error when a receiver is built', () => {
  it.each<[string, unknown]>([
    ['empty', ''],
    ['missing', undefined],
    ['in quotes', '"0123456789abcdef0123456789abcdef"'],
    ['too short', '0123'],
    ['a placeholder', ['0123456789abcdef0123456789abcdef', 'changeme']],
    ['not text', 42],
  ])('names the provider whose secret is %s', (_, secrets) => {
    const error = buildHere(secrets);
    expect([error.code, error.hint]).toEqual(['secret_invalid', expect.stringContaining('billing-app')]);
  });

  it('has a stack that begins with the line that built it', () => {
    for (const error of [buildHere(''), buildHere(undefined)]) {
      const [first] = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
      expect(first).toContain('buildHere');
    }
  });
});
