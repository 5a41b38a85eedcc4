/** Bad input ends with one line, the right exit code and no stack. */

import { describe, expect, test } from 'vitest';
import { headerLines, rawRequest } from './captures-written.ts';
import { type CliSetting, makeFolder, runHere, runProgram } from './run-cli.ts';
import { at, stripeDelivery, stripeSecret } from './signed-deliveries.ts';

const { folder, write } = makeFolder();
const delivery = stripeDelivery();
const raw = write(rawRequest(delivery));
const env = { COUNTERSIGN_SECRET: stripeSecret };
const verify = ['verify', '--provider', 'stripe', '--at', String(at)];

type Failure = readonly [title: string, words: readonly string[], code: string, says: string, setting?: CliSetting];

const failures: readonly Failure[] = [
  ['an unknown provider', ['verify', '--provider', 'stirpe', '--raw', raw], 'provider_unknown', 'Did you mean stripe?'],
  [
    'a name in place of an id',
    ['verify', '--provider', 'Paddle Billing', '--raw', raw],
    'provider_unknown',
    'Did you mean paddle?',
  ],
  [
    'nothing near',
    ['verify', '--provider', 'zzzzzz', '--raw', raw],
    'provider_unknown',
    'countersign providers lists all',
  ],
  [
    'an unverifiable provider',
    ['verify', '--provider', 'salesforce', '--raw', raw],
    'provider_unverifiable',
    'neither signature nor token',
  ],
  ['no provider', ['verify', '--raw', raw], 'usage', '--provider'],
  ['no secret', [...verify, '--raw', raw], 'secret_missing', 'Set COUNTERSIGN_SECRET', { env: {} }],
  [
    'an empty secret',
    [...verify, '--raw', raw],
    'secret_missing',
    'Set COUNTERSIGN_SECRET',
    { env: { COUNTERSIGN_SECRET: '' } },
  ],
  [
    'a variable that is not set',
    [...verify, '--raw', raw, '--secret-env', 'NOT_SET'],
    'secret_missing',
    'the variable NOT_SET is not set',
  ],
  [
    'a placeholder as secret',
    [...verify, '--raw', raw],
    'secret_invalid',
    'placeholder',
    { env: { COUNTERSIGN_SECRET: 'changeme' } },
  ],
  ['no delivery', verify, 'usage', 'no delivery is given'],
  ['two deliveries', [...verify, '--raw', raw, '--curl', raw], 'usage', 'more than one'],
  ['headers without a body', [...verify, '--headers', raw], 'usage', '--headers requires --body'],
  ['a body without headers', [...verify, '--body', raw], 'usage', '--body requires --headers'],
  ['an entry of no HAR', [...verify, '--raw', raw, '--entry', '1'], 'usage', '--entry requires --har'],
  ['an entry that is no number', [...verify, '--har', raw, '--entry', '0'], 'usage', 'from 1'],
  ['standard input twice', [...verify, '--headers', '-', '--body', '-'], 'usage', 'only one'],
  [
    'a file that is not there',
    [...verify, '--raw', 'missing.http'],
    'file_unreadable',
    'cannot read missing.http: there is no such file',
  ],
  ['a folder in place of a file', [...verify, '--raw', folder], 'file_unreadable', 'it is a folder'],
  ['a capture of another format', [...verify, '--har', raw], 'capture_unreadable', 'not a HAR'],
  ['an unknown option', [...verify, '--raw', raw, '--pubic-url', 'x'], 'usage', '--public-url'],
  ['an unknown command', ['verfy'], 'usage', 'Did you mean verify?'],
  ['a command too many', ['verify', 'extra', ...verify.slice(1)], 'usage', 'too many arguments'],
  ['a key where a secret belongs', [...verify, '--raw', raw, '--key', raw], 'usage', 'with a shared secret'],
  [
    'a secret where a key belongs',
    ['verify', '--provider', 'discord', '--raw', raw, '--secret-env', 'COUNTERSIGN_SECRET'],
    'usage',
    'with a public key',
  ],
  ['no key', ['verify', '--provider', 'discord', '--raw', raw], 'secret_missing', '--key'],
  [
    'a key that is none',
    ['verify', '--provider', 'discord', '--raw', raw, '--key', raw],
    'secret_invalid',
    'Expected PEM text',
  ],
  [
    'an option for a preset that asks for nothing',
    [...verify, '--raw', raw, '--option', 'a=b'],
    'usage',
    'needs no options',
  ],
  ['a preset that asks', ['verify', '--provider', 'convoy', '--raw', raw], 'usage', '--option mode=advanced'],
  [
    'a misspelt option of a preset',
    ['verify', '--provider', 'convoy', '--raw', raw, '--option', 'mod=simple'],
    'usage',
    'Did you mean mode?',
  ],
  [
    'an option that the preset refuses',
    [
      'verify',
      '--provider',
      'convoy',
      '--raw',
      raw,
      '--option',
      'mode=x',
      '--option',
      'hash=SHA-256',
      '--option',
      'encoding=hex',
    ],
    'options_invalid',
    'convoy.mode',
  ],
  ['an unknown shell', ['completion', 'tcsh'], 'usage', 'bash, zsh, fish'],
  ['an unknown provider to show', ['providers', 'show', 'gihtub'], 'provider_unknown', 'Did you mean github?'],
];

describe.each(failures.map(([title, words, code, says, setting = {}]) => ({ title, words, code, says, setting })))(
  '$title',
  ({ words, code, says, setting }) => {
    test(`ends with 2 and says so in one line`, async () => {
      const { stdout, stderr, code: exitCode } = await runHere(words, { env, folder, ...setting });
      expect(stderr).toMatch(/^countersign: [^\n]+\n$/);
      expect(stderr).toContain(says);
      expect(stdout).toBe('');
      expect(exitCode).toBe(2);
    });

    test('ends with 2 and one JSON object', async () => {
      const { stdout, code: exitCode } = await runHere([...words, '--json'], { env, folder, ...setting });
      expect(JSON.parse(stdout)).toEqual({ error: { code, message: expect.stringContaining(says) } });
      expect(exitCode).toBe(2);
    });
  },
);

test('the program itself ends with 2 and one line, and prints the stack only when asked', async () => {
  const words = ['verify', '--provider', 'stirpe', '--raw', raw];
  const plain = await runProgram(words, { env });
  expect(plain).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^countersign: there is no provider stirpe\. Did you mean stripe\? [^\n]+\n$/),
  });
  for (const asked of [
    { words: [...words, '--verbose'], env },
    { words, env: { ...env, DEBUG: '1' } },
  ]) {
    const { code, stderr } = await runProgram(asked.words, { env: asked.env });
    expect(code).toBe(2);
    expect(stderr.split('\n')[0]).toContain('there is no provider stirpe');
    expect(stderr).toMatch(/\n\s+at .*provider-choice/);
  }
});

test('no command prints the help and ends with 2; asking for help ends with 0', async () => {
  const none = await runHere([]);
  expect(none.stderr).toContain('Usage: countersign');
  expect(none.code).toBe(2);
  expect(JSON.parse((await runHere(['--json'])).stdout).error.code).toBe('usage');
  for (const words of [['--help'], ['help', 'verify'], ['verify', '--help'], ['providers', 'show', '-h']]) {
    const { stdout, stderr, code } = await runHere(words);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('--json');
    expect(stderr).toBe('');
    expect(code).toBe(0);
  }
  const [, good, refused] =
    /Exit codes:\n {2}0 ([\s\S]*)\n {2}1 ([\s\S]*)\n {2}2 /.exec((await runHere(['--help'])).stdout) ?? [];
  // A project or a clock without a finding ends with 0, a filter that no sender fits with 1.
  expect(good).toContain('doctor found no problem in a project or a clock');
  expect(refused).toMatch(/doctor found a problem in a project or a clock, or no sender matches the filter$/);
  expect(refused).not.toContain('no findings');
});

test('the version is that of the package', async () => {
  const { default: manifest } = await import('../package.json', { with: { type: 'json' } });
  expect((await runProgram(['--version'])).stdout).toBe(`${manifest.version}\n`);
});

test('a reader that has seen enough is no error', async () => {
  const { spawnSync } = await import('node:child_process');
  const { fileURLToPath } = await import('node:url');
  const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url));
  const command = `"$0" --conditions=countersign-source --disable-warning=ExperimentalWarning "$1" providers --json | head -c 10`;
  const { stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath, bin], { encoding: 'utf8' });
  expect(stdout).toHaveLength(10);
  expect(stderr).toBe('');
});

test('a header file that repeats the signature is refused as the library refuses it', async () => {
  const lines = headerLines(delivery);
  const signature = lines.split('\n').find((line) => line.startsWith('Stripe-Signature'));
  const words = [...verify, '--headers', write(`${lines}${signature}\n`), '--body', write(delivery.body), '--json'];
  const { stdout, code } = await runHere(words, { env });
  expect(JSON.parse(stdout)).toMatchObject({
    verified: false,
    error: { code: 'header_repeated', at: 'stripe-signature' },
  });
  expect(code).toBe(1);
});
