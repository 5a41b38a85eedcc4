/** Tests whose names state their expected outcome. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';

const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('the runner', () => {
  it('passes: a right assertion', () => expect({ a: [1] }).toEqual({ a: [1] }));
  it('fails: a wrong assertion', () => expect({ a: [1] }).toEqual({ a: [2] }));
  it('fails: a wrong assertion after a while', async () => {
    await later(1);
    expect(1).toBe(2);
  });
  it('fails: what must not be reached', () => expect.unreachable());
  it('fails: a promise that was to be rejected', () => expect(Promise.resolve(1)).rejects.toThrow());
  it('fails: an assertion that nobody awaits', () => {
    expect(Promise.resolve(1)).rejects.toThrow();
  });
  it('fails: a promise that nobody holds', async () => {
    Promise.reject(new Error('planted'));
    await later(5);
  });
  it('fails: a timer that throws', async () => {
    setTimeout(() => {
      throw new Error('planted');
    }, 1);
    await later(10);
  });
  it('fails: not done in time', () => later(500), 20);
  it.each([1, 2])('passes: %i of two rows', (value) => expect(value).toBeLessThan(3));
  it.each([1])('fails: %i of one row', (value) => expect(value).toBe(2));
  it.skip('skipped: by skip', () => expect.unreachable());
  it.skipIf(true).each([1])('skipped: by a condition, in row %i', () => expect.unreachable());
  it.skipIf(false)('fails: although it might have been skipped', () => expect.unreachable());
});

describe.skipIf(true)('a suite that is skipped', () => {
  beforeAll(() => expect.unreachable());
  it('skipped: with its suite', () => expect.unreachable());
});

describe('a suite with a hook that throws', () => {
  beforeAll(() => {
    throw new Error('planted');
  });
  it('fails: right but for its hook', () => expect(1).toBe(1));
});

describe('a suite with a hook that throws after each test', () => {
  afterEach(() => {
    throw new Error('planted');
  });
  it('fails: right but for what comes after it', () => expect(1).toBe(1));
});
