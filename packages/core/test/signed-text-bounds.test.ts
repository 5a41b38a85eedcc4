import { describe, expect, it } from 'vitest';
import { boundByTexts } from '../src/schemes/signed-text/bounds.ts';
import { boundParts } from '../src/schemes/signed-text/neighbours.ts';
import type { SignedPart } from '../src/schemes/signed-text/signed-part.ts';

const parts: readonly SignedPart[] = [
  'body',
  'timestamp',
  'id',
  'nonce',
  'url',
  'method',
  { header: 'X-Own' },
  { json: 'id' },
  { bodyDigest: 'SHA-256', encoding: 'hex' },
  { text: '.' },
  { text: '7-' },
  { text: 'V' },
];

/** Every list of one to four parts. */
function* listsOf(length: number): Iterable<readonly SignedPart[]> {
  if (length === 0) yield [];
  else for (const rest of listsOf(length - 1)) for (const part of parts) yield [...rest, part];
}

describe('the bounds of a text of the common form', () => {
  it('are those of any text', () => {
    let compared = 0;
    for (const length of [1, 2, 3, 4]) {
      for (const list of listsOf(length)) {
        for (const unit of ['seconds', 'milliseconds', 'iso8601', undefined] as const) {
          const bounds = boundByTexts(list, unit);
          if (bounds === undefined) continue;
          compared++;
          expect([...boundParts(list, unit, false)], JSON.stringify(list)).toEqual(bounds);
        }
      }
    }
    expect(compared).toBeGreaterThan(1000);
  });

  it('are left to the code for any text without a body, or with a value that nothing separates from it', () => {
    for (const list of [['id'], ['id', 'body'], ['body', 'body'], ['method', { text: '.' }, 'body']] as const)
      expect(boundByTexts(list, 'seconds')).toBeUndefined();
  });
});
