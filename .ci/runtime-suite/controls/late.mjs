/** Throws when its only test is long done. */
import { it } from 'vitest';

it('passes: for now', () => {
  Promise.resolve().then(() => setTimeout(() => Promise.reject(new Error('planted')), 5));
});
