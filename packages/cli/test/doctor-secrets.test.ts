/** `countersign doctor --project`: what it finds in .env files, in the environment and in git, and that it shows no value. */

import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { examine, examineFolder, type Files, writeProject } from './project-folders.ts';
import { runHere } from './run-cli.ts';

const canary = 'c4n4ryQ7mZ1xVt9LrK5sHb2W';
const other = 'An0therOfTheSameLengthXy';

describe('a .env file', () => {
  it.each<[title: string, text: string, places: string[]]>([
    ['with a secret that does', `STRIPE_WEBHOOK_SECRET=whsec_${canary}\n`, []],
    [
      'with quotes that dotenv takes off',
      `STRIPE_WEBHOOK_SECRET="whsec_${canary}"\nB_WEBHOOK_SECRET='${canary}'\n`,
      [],
    ],
    ['with an empty secret', `A=1\nSTRIPE_WEBHOOK_SECRET=\n`, ['.env:2 secret_unusable looks_like']],
    ['with a placeholder', `GITHUB_WEBHOOK_SECRET=changeme\n`, ['.env:1 secret_unusable found']],
    ['with a placeholder of Stripe', `STRIPE_WEBHOOK_SECRET=whsec_xxx\n`, ['.env:1 secret_unusable found']],
    [
      'with a placeholder in angle brackets',
      `export WEBHOOK_SIGNING_KEY=<your-key>\n`,
      ['.env:1 secret_unusable found'],
    ],
    ['with a placeholder for another key', `OPENAI_API_KEY=your_secret_key\n`, ['.env:1 secret_unusable looks_like']],
    ['with white space around a secret', `WEBHOOK_SECRET=" ${canary} "\n`, ['.env:1 secret_unusable found']],
    ['with a line end in a secret', `WEBHOOK_SECRET="${canary}\\n"\n`, ['.env:1 secret_unusable found']],
    ['with quotes within quotes', `WEBHOOK_SECRET="'${canary}'"\n`, ['.env:1 secret_quoted found']],
    ['with a secret that can be guessed', `WEBHOOK_SECRET=c4n4ry\n`, ['.env:1 secret_unusable found']],
    ['with another key that is short', `SORT_KEY=name\nCACHE_TOKEN=c4n4ry\n`, []],
    [
      'with what goes along with a secret',
      `WEBHOOK_PORT=3000\nWEBHOOK_URL=http://a\nSIGNING_KEY_ID=k1\nMONKEY=1\n`,
      [],
    ],
    [
      'with one value under two names',
      `A_WEBHOOK_SECRET=${canary}\nB_WEBHOOK_SECRET=${canary}\n`,
      ['.env:2 secret_shared found'],
    ],
    ['with two values', `A_WEBHOOK_SECRET=${canary}\nB_WEBHOOK_SECRET=${other}\n`, []],
    [
      'with keys of two modes',
      `STRIPE_SECRET_KEY=sk_live_${canary}\nSTRIPE_OTHER_KEY=sk_test_${other}\n`,
      ['.env:2 secret_modes_mixed looks_like'],
    ],
    [
      'with keys of two modes, by names that say so',
      `STRIPE_SECRET_KEY=sk_live_${canary}\nSTRIPE_TEST_KEY=sk_test_${other}\n`,
      [],
    ],
    [
      'with a secret that browsers are given',
      `NEXT_PUBLIC_WEBHOOK_SECRET=${canary}\nNEXT_PUBLIC_MAPS_KEY=${other}\n`,
      ['.env:1 secret_public found'],
    ],
  ])('%s', async (_, text, places) => {
    const examined = await examine({ '.env': text });
    expect(examined.places).toEqual(places);
    expect(examined.code).toBe(places.length === 0 ? 0 : 1);
    expect(examined.text).not.toMatch(/c4n4ry|An0ther/);
  });

  it('of any name is read, at any depth, but for samples', async () => {
    const text = 'WEBHOOK_SECRET=changeme\n';
    const files = { '.env.local': text, 'apps/api/.env.production': text, '.env.example': text, '.env.sample': text };
    expect((await examine(files)).places).toEqual([
      '.env.local:1 secret_unusable found',
      'apps/api/.env.production:1 secret_unusable found',
    ]);
  });
});

describe('the environment', () => {
  it('is held against the same rules, by the names of secrets of webhooks alone', async () => {
    const env = {
      STRIPE_WEBHOOK_SECRET: `"${canary}"`,
      GITHUB_WEBHOOK_SECRET: `${canary}\n`,
      SLACK_SIGNING_SECRET: 'changeme',
      GOOD_WEBHOOK_SECRET: canary,
      SAME_WEBHOOK_SECRET: canary,
      // What the command itself reads is a copy on purpose, as its own docs have it.
      COUNTERSIGN_SECRET: canary,
      AWS_SECRET_ACCESS_KEY: 'changeme',
      CI_JOB_TOKEN: 'changeme',
    };
    const { places, findings, text } = await examine({ 'a.ts': '' }, env);
    expect(places.toSorted()).toEqual([
      'environment:null secret_quoted found',
      'environment:null secret_shared found',
      'environment:null secret_unusable found',
      'environment:null secret_unusable found',
    ]);
    expect(findings.map(({ what }) => what.split(' ')[0]).toSorted()).toEqual([
      'GITHUB_WEBHOOK_SECRET',
      'SAME_WEBHOOK_SECRET',
      'SLACK_SIGNING_SECRET',
      'STRIPE_WEBHOOK_SECRET',
    ]);
    expect(text).not.toContain('c4n4ry');
  });
});

describe('the source', () => {
  const receiver = (secrets: string) => `import { createReceiver } from '@countersign/core';
const fallback = '${canary}';
createReceiver({ provider, secrets: ${secrets} });
`;

  it.each<[title: string, files: Files, places: string[]]>([
    ['a secret of a receiver', receiver(`'${canary}'`), ['server.ts:3 secret_in_source found']],
    [
      'one among several',
      receiver(`[process.env.NEW, { value: '${canary}' }]`),
      ['server.ts:3 secret_in_source found'],
    ],
    ['one by a name, as what is left', receiver('process.env.A ?? fallback'), ['server.ts:2 secret_in_source found']],
    ['one of the environment', receiver('process.env.A'), []],
    [
      'the key of a MAC, and the secret of constructEvent',
      `createHmac('sha256', '${canary}');\nstripe.webhooks.constructEvent(body, signature, '${canary}');\n`,
      ['server.ts:1 secret_in_source looks_like', 'server.ts:2 secret_in_source found'],
    ],
    [
      'a text that begins as secrets do',
      `export const a = 'whsec_${canary}';\n`,
      ['server.ts:1 secret_in_source found'],
    ],
    ['a placeholder that begins so', `export const a = 'whsec_...';\n`, []],
    ['a secret in a test', { 'test/server.ts': receiver(`'${canary}'`), 'a.spec.ts': receiver(`'${canary}'`) }, []],
  ])('%s', async (_, files, places) => {
    const examined = await examine(files);
    expect(examined.places).toEqual(places);
    expect(examined.text).not.toContain('c4n4ry');
  });
});

describe('git', () => {
  const repository = (files: Files) => {
    const folder = writeProject(files);
    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    return folder;
  };
  const secrets = `PORT=3000\nWEBHOOK_SECRET=${canary}\n`;

  it('is asked whether it ignores a file with secrets', async () => {
    const open = await examineFolder(repository({ '.env': secrets }));
    expect(open.places).toEqual(['.env:2 secrets_file_not_ignored found']);
    const closed = await examineFolder(repository({ '.env': secrets, '.gitignore': '.env*\n!.env.example\n' }));
    expect(closed.places).toEqual([]);
    const plain = await examineFolder(repository({ '.env': 'PORT=3000\n', '.env.example': secrets }));
    expect(plain.places).toEqual([]);
    const outside = await examine({ '.env': secrets });
    expect(outside.places).toEqual([]);
    for (const { text } of [open, closed, plain, outside]) expect(text).not.toContain('c4n4ry');
  });

  it('is asked whether it keeps one, though it is ignored by now', async () => {
    const folder = repository({ '.env': secrets, '.gitignore': '.env\n' });
    execFileSync('git', ['add', '--force', '.env'], { cwd: folder });
    expect((await examineFolder(folder)).places).toEqual(['.env:2 secrets_file_committed found']);
  });

  it('runs nothing that the repository names', async () => {
    const folder = repository({ '.env': secrets, 'watch.sh': '#!/bin/sh\ntouch ran\n' });
    execFileSync('chmod', ['+x', 'watch.sh'], { cwd: folder });
    execFileSync('git', ['config', 'core.fsmonitor', './watch.sh'], { cwd: folder });
    await examineFolder(folder);
    expect(execFileSync('ls', { cwd: folder, encoding: 'utf8' })).not.toContain('ran\n');
    // The control: git itself does run it.
    execFileSync('git', ['status'], { cwd: folder, stdio: 'ignore' });
    expect(execFileSync('ls', { cwd: folder, encoding: 'utf8' })).toContain('ran\n');
  });
});

describe('the clock', () => {
  const open: ReturnType<typeof createServer>[] = [];
  afterAll(() => {
    for (const server of open) server.close();
  });
  /** A server whose clock is off, that answers late. */
  const serve = async (headers: (now: number) => Record<string, string>, delayMilliseconds = 0) => {
    const server = createServer((_, response) => {
      response.sendDate = false;
      // It looks at its clock in the middle, as one does to which the way is as long as the way back.
      setTimeout(() => {
        const written = headers(Date.now());
        setTimeout(() => response.writeHead(405, written).end(), delayMilliseconds / 2);
      }, delayMilliseconds / 2);
    });
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/?key=c4n4ry`;
  };
  const at = (seconds: number) => (now: number) => ({ date: new Date(now + seconds * 1000).toUTCString() });
  const compare = async (url: string, ...words: string[]) => {
    const result = await runHere(['doctor', '--clock-url', url, '--json', ...words]);
    expect(result.stdout + result.stderr).not.toContain('c4n4ry');
    return { ...result, report: JSON.parse(result.stdout) };
  };

  it('that is right is found nothing against, the way there and back taken into account', async () => {
    const { code, report } = await compare(await serve(at(0), 2400));
    expect(code).toBe(0);
    expect(report.findings).toEqual([]);
    expect(Math.abs(report.clock.skewSeconds)).toBeLessThan(0.66);
    expect(report.clock.uncertaintySeconds).toBeGreaterThan(1.2);
  });

  it('that is ahead or behind is told, against the window of the sender', async () => {
    const ahead = await compare(await serve(at(-400)));
    expect(ahead.code).toBe(1);
    expect(ahead.report.clock.skewSeconds).toBeGreaterThan(398);
    expect(ahead.report.findings).toMatchObject([
      { rule: 'clock_skew', what: expect.stringMatching(/ahead.*refused/) },
    ]);
    const behind = await compare(await serve(at(100)), '--provider', 'stripe');
    expect(behind.report.clock.toleranceSeconds).toBe(300);
    expect(behind.report.findings).toMatchObject([{ what: expect.stringMatching(/behind.*part of it is used up/) }]);
  });

  it('of a cache that keeps an answer is not taken for that of the server', async () => {
    const { report } = await compare(await serve((now) => ({ ...at(-3600)(now), age: '3600' })));
    expect(report.findings).toEqual([]);
  });

  it('that cannot be compared ends with 2 and one line', async () => {
    for (const [url, says] of [
      ['http://127.0.0.1:1/?key=c4n4ry', /cannot be reached/],
      [await serve(() => ({})), /has no Date/],
    ] as const) {
      const { code, stdout, stderr } = await runHere(['doctor', '--clock-url', url]);
      expect([code, stdout, stderr.split('\n').length]).toEqual([2, '', 2]);
      expect(stderr).toMatch(says);
      expect(stderr).not.toContain('c4n4ry');
    }
  });

  it('is not asked for unless an address is named', async () => {
    const { stdout } = await runHere(['doctor', '--project', writeProject(''), '--json']);
    expect(JSON.parse(stdout)).not.toHaveProperty('clock');
  });
});
