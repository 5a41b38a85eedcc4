/** Throws after its only test has finished. */
import { it } from 'vitest';

it('passes: for now', () => {
  Promise.resolve().then(() => setTimeout(() => Promise.reject(new Error('planted')), 5));
});
