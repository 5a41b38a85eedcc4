/** The time limit that the steps of a store share. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { describe, expect, it, vi } from 'vitest';
import { Silence, TimeLimit } from '../src/time-limit.ts';
import { later } from './shop.ts';

const never = () => new Promise<never>(() => undefined);
/** Timers that keep the process alive. */
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('a time limit', () => {
  it('ends each step that takes too long at its own time, and lets the others go on', async () => {
    const limit = new TimeLimit(0.6);
    const startedAt = performance.now();
    const ends: [string, number][] = [];
    const run = async (name: string, step: Promise<unknown>) => {
      const result = await limit.run(step).catch((error) => error);
      ends.push([`${name} ${result instanceof Silence ? 'late' : result}`, performance.now() - startedAt]);
    };
    const first = run('first', never());
    await later(300);
    await Promise.all([
      first,
      run('second', never()),
      run(
        'quick',
        later(10).then(() => 'answered'),
      ),
    ]);
    expect(ends.map(([name]) => name)).toEqual(['quick answered', 'first late', 'second late']);
    const [, atFirst, atSecond] = ends.map(([, at]) => at) as [number, number, number];
    expect(atFirst).toBeGreaterThanOrEqual(590);
    expect(atSecond).toBeGreaterThanOrEqual(890);
    expect(atSecond - atFirst).toBeGreaterThan(150);
  });

  it('stays as long where a step that failed is followed by another at once, as a release follows a claim', async () => {
    const limit = new TimeLimit(0.3);
    const took: number[] = [];
    await new Promise<void>((resolve) => {
      const again = (left: number) => {
        const from = performance.now();
        const fail = () => {
          took.push(performance.now() - from);
          if (left > 0) again(left - 1);
          else resolve();
        };
        limit.watch(never(), () => undefined, fail);
      };
      again(4);
    });
    expect(took.filter((milliseconds) => milliseconds < 290)).toEqual([]);
  });

  it('keeps no process alive, and makes no timer of its own for each step', async () => {
    const limit = new TimeLimit(30);
    const before = timers();
    const made = vi.spyOn(globalThis, 'setTimeout');
    for (let n = 0; n < 20; n++) expect(await limit.run(Promise.resolve(n))).toBe(n);
    limit.run(never()).catch(() => undefined);
    expect(made).toHaveBeenCalledTimes(1);
    made.mockRestore();
    expect(timers()).toBe(before);
  });

  it('does not take a process that stood still for silence', async () => {
    const limit = new TimeLimit(0.1);
    const reading = limit.run(readFile(new URL(import.meta.url)));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    expect((await reading).length).toBeGreaterThan(100);
  });

  it('passes on failures, and hands over what comes too late', async () => {
    const limit = new TimeLimit(0.05);
    await expect(limit.run(Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    const seen: unknown[] = [];
    const push = (what: string) => (value: unknown) => void seen.push([what, value instanceof Silence || value]);
    limit.watch(
      later(600).then(() => 'late'),
      push('done'),
      push('failed'),
      push('late'),
    );
    limit.watch(
      later(600).then(() => Promise.reject(new Error('late'))),
      push('done'),
      push('failed'),
      push('late'),
    );
    await later(900);
    expect(seen).toEqual([
      ['failed', true],
      ['failed', true],
      ['late', 'late'],
    ]);
  });
});

describe('a time limit in a Worker of Cloudflare', () => {
  it('holds for steps of one request after others have ended, which take their timers with them', async () => {
    const { outputFiles } = await build({
      stdin: { resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts', contents: worker },
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      platform: 'neutral',
    });
    const miniflare = new Miniflare({
      modules: true,
      script: outputFiles[0]?.text ?? '',
      compatibilityDate: '2026-07-01',
    });
    const step = async (milliseconds: number) =>
      (await miniflare.dispatchFetch(`https://worker.invalid/?after=${milliseconds}`)).text();
    expect(await step(10)).toBe('answered');
    expect(await step(0)).toBe('The connection did not answer within 0.5 s.');
    const first = step(200);
    await later(50);
    // Still waiting when the first, which came before it, has ended.
    expect(await Promise.all([first, step(0)])).toEqual(['answered', 'The connection did not answer within 0.5 s.']);
    expect(await step(10)).toBe('answered');
    await miniflare.dispose();
  }, 30_000);
});

const worker = `
import { TimeLimit } from '../src/time-limit.ts';
const limit = new TimeLimit(0.5);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
export default {
  async fetch(request) {
    const milliseconds = Number(new URL(request.url).searchParams.get('after'));
    const step = milliseconds > 0 ? pause(milliseconds).then(() => 'answered') : new Promise(() => undefined);
    const end = limit.run(step).catch((error) => error.message);
    return new Response(await Promise.race([end, pause(3000).then(() => 'no limit')]));
  },
};`;
