/** What is asked at a terminal, over a real pseudo-terminal, and that nothing is asked anywhere else. */

import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { rawRequest } from './captures-written.ts';
import { startEndpoint, secret as stripeSecret } from './endpoint.ts';
import { makeFolder, runProgram } from './run-cli.ts';
import { stripeDelivery } from './signed-deliveries.ts';
import { hasTerminal, runAtTerminal } from './terminal.ts';

const { write } = makeFolder();
const raw = write(rawRequest(stripeDelivery()));
const enter = '\r';
const interrupt = '\u0003';
// Of its own, so that no part of it is in a capture or a path.
const typed = 'tYp3dAtTheTerminal0nly';
const sign = ['sign', '--as', 'headers'];

/** Text of a screen without what steers it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const plain = (screen: string) => screen.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '');

describe.skipIf(!hasTerminal)(`at a terminal${hasTerminal ? '' : ' (skipped: python3 is not installed)'}`, () => {
  it('a missing secret is asked for, is used, and is never on the screen', async () => {
    const { code, screen } = await runAtTerminal([...sign, '--provider', 'stripe'], [['The secret', typed + enter]]);
    expect(code).toBe(0);
    expect(screen).toContain('stripe-signature: t=');
    expect(screen).not.toContain(typed);
    // Nor letter by letter, as an echo would have it.
    expect(plain(screen)).not.toMatch(/tYp|3dA|0nly/);
    const macWith = async (secret: string) => {
      const words = [...sign, '--provider', 'stripe', '--id', 'evt_1', '--at', '1795251600'];
      const session = await runAtTerminal(words, [['The secret', secret + enter]]);
      return /v1=([0-9a-f]{64})/.exec(session.screen)?.[1];
    };
    const mac = await macWith(typed);
    expect(mac).toMatch(/^[0-9a-f]{64}$/);
    expect(await macWith(typed)).toBe(mac);
    expect(await macWith(`${typed}x`)).not.toBe(mac);
  });

  it('the screen does show what is typed where a program lets it, as a control', () => {
    const session = spawnSync(
      'python3',
      [
        '-c',
        `import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0: os.execvp('cat', ['cat'])
time.sleep(0.2); os.write(terminal, b'${typed}\\n'); time.sleep(0.3)
sys.stdout.write(os.read(terminal, 4096).decode()); os.write(terminal, b'\\x04')`,
      ],
      { encoding: 'utf8' },
    );
    expect(session.stdout).toContain(typed);
  });

  it('an error about a typed secret does not show it either', async () => {
    const words = ['verify', '--provider', 'stripe', '--raw', raw, '--verbose'];
    const short = await runAtTerminal(words, [['The secret', `sh0rt${enter}`]]);
    expect(short.code).toBe(2);
    expect(plain(short.screen)).toContain('the secret that was typed cannot be used. It has fewer than 16');
    const wrong = await runAtTerminal([...words, '--ignore-window'], [['The secret', typed + enter]]);
    expect(wrong.code).toBe(1);
    expect(wrong.screen).toContain('signature_mismatch');
    for (const { screen } of [short, wrong]) expect(screen).not.toMatch(/sh0rt|tYp3d/);
  });

  it('a missing sender is chosen among the presets, which a few letters narrow down', async () => {
    const { code, screen } = await runAtTerminal(
      sign,
      [
        ['Which sender?', 'githu'],
        ['GitHub', enter],
      ],
      { COUNTERSIGN_SECRET: typed },
    );
    expect(code).toBe(0);
    expect(plain(screen)).toContain('x-hub-signature-256: sha256=');
  });

  it.each([
    ['the secret', [...sign, '--provider', 'stripe'], 'The secret'],
    ['the sender', sign, 'Which sender?'],
  ])('Ctrl-C at the question for %s ends with 130 and one line', async (_, words, question) => {
    const { code, screen } = await runAtTerminal(words, [[question, interrupt]]);
    expect(code).toBe(130);
    expect(plain(screen).match(/^countersign: .*$/gm)).toEqual(['countersign: cancelled.']);
    expect(screen).not.toMatch(/\n\s+at /);
    // The cursor is there again.
    expect(screen.lastIndexOf('\u001b[?25h')).toBeGreaterThan(screen.lastIndexOf('\u001b[?25l'));
  });

  it.each<[title: string, words: string[], env: Record<string, string>]>([
    ['--no-input', ['--no-input'], {}],
    ['--json', ['--json'], {}],
    ['CI', [], { CI: 'true' }],
    ['a terminal that is none', [], { TERM: 'dumb' }],
  ])('nothing is asked with %s', async (_, words, env) => {
    const { code, screen } = await runAtTerminal([...sign, '--provider', 'stripe', ...words], [], env);
    expect(code).toBe(2);
    expect(plain(screen)).toContain('stripe needs the secret shared with the sender');
    expect(plain(screen)).not.toContain('The secret shared with stripe');
  });

  it('nothing is asked where no delivery is given', async () => {
    for (const command of ['verify', 'doctor']) {
      const { code, screen } = await runAtTerminal([command], []);
      expect([code, plain(screen)]).toEqual([2, expect.stringMatching(/^countersign: no delivery is given[^\n]*\n$/)]);
    }
  });

  it('a bar shows how far many deliveries have come, and is gone in the end', async () => {
    const { url } = await startEndpoint('careless');
    const env = { COUNTERSIGN_SECRET: stripeSecret };
    const words = ['send', url, '--provider', 'stripe', '--count', '400'];
    const shown = await runAtTerminal(words, [], env);
    expect(shown.code).toBe(0);
    expect(shown.screen).toMatch(/sent .*[█░]+.* of 400/);
    expect(plain(shown.screen).trimEnd()).toMatch(/400 sent, \d+ a second: 400 × 200/);
    expect(shown.screen).not.toContain(stripeSecret.slice(6, 30));
    const json = await runAtTerminal([...words, '--json'], [], env);
    expect(json.screen).not.toMatch(/[█░]/);
  });

  it('the lines of a contract stand whole beside its progress, and a simulation has a bar', async () => {
    const { url, control } = await startEndpoint();
    const env = { COUNTERSIGN_SECRET: stripeSecret };
    const proved = await runAtTerminal(['contract', url, '--provider', 'stripe', '--control', control], [], env);
    expect(proved.code).toBe(0);
    expect(proved.screen).toMatch(/cases: \d+ done/);
    expect(plain(proved.screen).match(/✓ [a-z]/g)).toHaveLength(22);
    const simulated = await runAtTerminal(['simulate', url, '--provider', 'stripe', '--events', '50'], [], env);
    expect(simulated.code).toBe(0);
    expect(simulated.screen).toMatch(/attempts .*[█░]+.* of 50/);
  });

  it('Ctrl-C ends it while a bar is shown', async () => {
    const { url } = await startEndpoint('careless');
    const words = ['send', url, '--provider', 'stripe', '--count', '500000'];
    const { code } = await runAtTerminal(words, [['of 500000', interrupt]], { COUNTERSIGN_SECRET: stripeSecret });
    expect(code).toBe(130);
  });
});

describe('piped', () => {
  it.each([
    ['a missing secret', [...sign, '--provider', 'stripe'], /^countersign: stripe needs the secret .*\n$/],
    ['a missing sender', sign, /^countersign: required option '--provider <provider>' not specified\n$/],
  ])('%s is not asked for: it ends with 2 and one line', async (_, words, says) => {
    const { code, stdout, stderr } = await runProgram(words, { stdin: `${typed}\n` });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(says)]);
  });
});
