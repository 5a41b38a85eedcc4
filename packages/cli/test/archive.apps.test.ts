import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runProgram } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-cli-archive-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const env = { ARCHIVE_TEST_FILE: join(folder, 'hooks.db'), ARCHIVE_TEST_EFFECTS: join(folder, 'effects'), USER: 'ann' };
const module = fileURLToPath(new URL('./archive-app.ts', import.meta.url));

const archive = (...words: string[]) =>
  runProgram(['archive', words[0] as string, '--module', module, ...words.slice(1)], { env });
const replay = (...words: string[]) => archive('replay', '--handlers', 'handlers', ...words);
const effects = () => {
  try {
    return readFileSync(env.ARCHIVE_TEST_EFFECTS, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
};
const signed = 'a-bearer-of-a-proxy';

describe('countersign archive', () => {
  let secret: string;
  beforeAll(async () => {
    Object.assign(process.env, env);
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const app = await import('./archive-app.ts');
    secret = app.secret;
    const send = (id: string, type: string, handle: () => void) => {
      const body = Buffer.from(JSON.stringify({ id, type }));
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      return app.receiver.receive({ body, headers: { 'x-sig': signature, authorization: signed } }, handle);
    };
    const fail = () => {
      throw new Error('database\u001b[2J away');
    };
    await send('done', 'order.paid', () => undefined);
    for (let at = 0; at < 30; at++) await send(`paid-${at}`, 'order.paid', fail);
    for (let at = 0; at < 5; at++) await send(`broken-${at}`, 'order.broken', fail);
    app.close();
  });

  it('lists events in their order, by filter and by cursor, without secrets or control characters', async () => {
    const all = await archive('list');
    expect([all.code, all.stdout.split('\n').length]).toEqual([0, 38]);
    const failed = await archive('list', '--outcome', 'failed', '--type', 'order.broken', '--since', '2h', '--json');
    expect(JSON.parse(failed.stdout).entries.map(({ eventId }: { eventId: string }) => eventId)).toEqual(
      [0, 1, 2, 3, 4].map((at) => `broken-${at}`),
    );
    const ids: string[] = [];
    for (let after = 'start'; ; ) {
      const page = JSON.parse((await archive('list', '--after', after, '--limit', '10', '--json')).stdout);
      ids.push(...page.entries.map(({ id }: { id: string }) => id));
      if (page.entries.length === 0) break;
      after = page.next;
    }
    expect([ids.length, new Set(ids).size]).toEqual([36, 36]);
    expect((await archive('list', '--type', 'none')).code).toBe(1);
    const shown = await archive('show', ids.at(-1) as string);
    expect(shown.stdout).toContain('Error: database\\u001b[2J away');
    expect((await archive('show', ids.at(-1) as string, '--body')).stdout).toBe(
      '{"id":"broken-4","type":"order.broken"}',
    );
    for (const { stdout, stderr } of [all, failed, shown])
      for (const text of [secret, signed]) expect(stdout + stderr).not.toContain(text);
  }, 60_000);

  it('runs nothing without a choice, without handlers, and with a store that only the app sees', async () => {
    for (const [words, reason] of [
      [['--handlers', 'handlers'], '--outcome failed'],
      [['--handlers', 'handlers', '--outcome', 'handled'], '--again'],
      [['--handlers', 'nothing', '--outcome', 'failed'], 'no export nothing'],
      [['--handlers', 'handlers', '--outcome', 'failed', '--receiver', 'inMemory'], 'in the memory of the app'],
      [['--handlers', 'handlers', '--outcome', 'failed', '--receiver', 'withoutArchive'], 'has no archive'],
      [['--handlers', 'handlers', '--outcome', 'failed', '--receiver', 'provider'], 'createReceiver'],
      [['--handlers', 'handlers', '--outcome', 'lost'], 'Expected one of'],
    ] as const) {
      const { code, stderr } = await archive('replay', ...words);
      expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
    }
    expect((await runProgram(['archive', 'list', '--module', 'missing.js'], { env })).code).toBe(2);
    expect(effects()).toEqual([]);
  }, 60_000);

  it('shows what would run, runs it once, and sums it up', async () => {
    const dry = await replay('--outcome', 'failed', '--dry-run');
    expect([dry.code, dry.stdout.trim().split('\n').at(-1)]).toEqual([0, '35 events would run']);
    expect(effects()).toEqual([]);
    const some = await replay('--outcome', 'failed', '--limit', '10', '--rate', '100');
    expect([some.code, some.stdout.trim().split('\n').at(-1)]).toEqual([
      0,
      '10 events: 10 handled; there may be more than --limit',
    ]);
    // Two at the same time, as by two people who were both called.
    const both = await Promise.all([1, 2].map(() => replay('--outcome', 'failed', '--type', 'order.paid', '--json')));
    const results = both.map(({ stdout }) => JSON.parse(stdout));
    expect(results.reduce((sum, { handled = 0 }) => sum + handled, 0)).toBe(20);
    expect([effects().length, new Set(effects()).size]).toEqual([30, 30]);
    const broken = await replay('--outcome', 'failed', '--stop-after', '3');
    expect([broken.code, broken.stdout.trim().split('\n').at(-1)]).toEqual([1, '3 events: 3 failed']);
    expect(broken.stderr).toContain('stopped after 3 failures');
    expect((await replay('--outcome', 'dead_lettered')).code).toBe(1);
    const { entries } = JSON.parse((await archive('list', '--outcome', 'handled', '--limit', '1', '--json')).stdout);
    expect((await replay(entries[0].id)).code).toBe(1);
    expect((await replay(entries[0].id, '--again', '--by', 'bob')).code).toBe(0);
    const shown = JSON.parse((await archive('show', entries[0].id, '--json')).stdout);
    expect(shown).toMatchObject({ replays: 1, replayedBy: 'bob (command line)', replayOutcome: 'handled' });
  }, 120_000);

  it('removes old events, counted first', async () => {
    expect((await archive('prune')).stdout).toBe('0 events removed\n');
    expect((await archive('prune', '--before', 'now', '--outcome', 'handled', '--dry-run')).stdout).toBe(
      '31 events would be removed\n',
    );
    expect((await archive('prune', '--before', 'now', '--outcome', 'handled')).stdout).toBe('31 events removed\n');
    expect((await archive('prune', '--outcome', 'handled')).code).toBe(2);
    expect((await archive('list')).stdout.trim().split('\n')).toHaveLength(6);
  }, 60_000);
});
