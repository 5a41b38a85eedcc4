/** Where secrets come from, which one matched, and that none is ever printed. */

import { expect, test } from 'vitest';
import { rawRequest } from './captures-written.ts';
import { makeFolder, runHere, runProgram } from './run-cli.ts';
import { at, stripeDelivery, stripeSecret, withChangedByte } from './signed-deliveries.ts';

const { folder, write } = makeFolder();
const delivery = stripeDelivery();
const raw = write(rawRequest(delivery));
const other = 'whsec_otherB3nW6pJd1Hf5Yc0';
const words = ['verify', '--provider', 'stripe', '--raw', raw, '--at', String(at)];

const sources: readonly (readonly [
  title: string,
  words: readonly string[],
  env: Record<string, string>,
  matched: string,
])[] = [
  ['COUNTERSIGN_SECRET', [], { COUNTERSIGN_SECRET: stripeSecret }, 'COUNTERSIGN_SECRET'],
  ['another variable', ['--secret-env', 'MINE'], { MINE: stripeSecret, COUNTERSIGN_SECRET: other }, 'MINE'],
  [
    'the second of two variables',
    ['--secret-env', 'NEW', '--secret-env', 'OLD'],
    { NEW: other, OLD: stripeSecret },
    'OLD',
  ],
  ['a file with a line end', ['--secret-file', write(`${stripeSecret}\n`)], {}, '--secret-file'],
  ['a file with CRLF', ['--secret-file', write(`${stripeSecret}\r\n`)], {}, '--secret-file'],
  ['a file without a line end', ['--secret-file', write(stripeSecret)], {}, '--secret-file'],
  [
    'the second of two files',
    ['--secret-file', write(other), '--secret-file', write(stripeSecret)],
    {},
    '--secret-file (2)',
  ],
  [
    'a variable and a file',
    ['--secret-env', 'NEW', '--secret-file', write(stripeSecret)],
    { NEW: other },
    '--secret-file',
  ],
  ['the command line', ['--secret', stripeSecret], {}, '--secret'],
];

test.each(sources)('%s: it is taken, named and not printed', async (_, more, env, matched) => {
  for (const form of [[], ['--json'], ['--verbose']]) {
    const { stdout, stderr, code } = await runHere([...words, ...more, ...form], { env });
    expect(code).toBe(0);
    expect(stdout).toContain(matched);
    for (const secret of [stripeSecret, other]) expect(stdout + stderr).not.toContain(secret);
    expect(stderr.includes('--secret leaves the secret in your shell history')).toBe(more.includes('--secret'));
  }
});

test('an error about a secret names where it came from', async () => {
  const more = ['--secret-env', 'GOOD', '--secret-env', 'BAD'];
  const { stderr, code } = await runHere([...words, ...more], { env: { GOOD: stripeSecret, BAD: 'short-one' } });
  expect(stderr).toContain('BAD cannot be used. It has fewer than 16 bytes');
  expect(code).toBe(2);
});

test('a token that signs nothing is told apart', async () => {
  const token = 'a-token-that-was-entered-at-gitlab';
  const headers = { 'Content-Type': 'application/json', 'X-Gitlab-Token': token };
  const file = write(rawRequest({ headers, body: Buffer.from('{"object_kind":"push"}') }));
  const { stdout, code } = await runHere(['verify', '--provider', 'gitlab', '--raw', file], {
    env: { COUNTERSIGN_SECRET: token },
  });
  expect(stdout).toContain('nothing: the token proves who sent it');
  expect(stdout).not.toContain(token);
  expect(code).toBe(0);
});

test('public keys come as PEM, as a JWK, in a JWK Set, and in several files', async () => {
  const { generateKeyPairSync, sign } = await import('node:crypto');
  const [first, second] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
  const body = Buffer.from('{"type":1}');
  // https://discord.com/developers/docs/interactions/overview (read 2026-11-21): timestamp and body, in hex.
  const signature = sign(null, Buffer.concat([Buffer.from(String(at)), body]), first.privateKey).toString('hex');
  const headers = { 'X-Signature-Ed25519': signature, 'X-Signature-Timestamp': String(at) };
  const discord = [
    'verify',
    '--provider',
    'discord',
    '--raw',
    write(rawRequest({ headers, body })),
    '--at',
    String(at),
  ];
  const pem = (pair: typeof first) => String(pair.publicKey.export({ type: 'spki', format: 'pem' }));
  const jwk = { ...first.publicKey.export({ format: 'jwk' }), kid: 'the-first' };
  const codeOf = async (...files: string[]) =>
    (await runHere([...discord, ...files.flatMap((file) => ['--key', write(file)])])).code;
  expect(await codeOf(pem(first))).toBe(0);
  expect(await codeOf(JSON.stringify(jwk))).toBe(0);
  expect(await codeOf(JSON.stringify({ keys: [jwk] }))).toBe(0);
  expect(await codeOf(pem(second), pem(first))).toBe(0);
  expect(await codeOf(pem(second))).toBe(1);
  expect(await codeOf(String(first.privateKey.export({ type: 'pkcs8', format: 'pem' })))).toBe(2);
  expect(await codeOf('{"kty":')).toBe(2);
});

test('one line end is dropped from a file, and no more', async () => {
  const { code, stderr } = await runHere([...words, '--secret-file', write(`${stripeSecret}\n\n`)]);
  expect(stderr).toContain('whitespace at the start or end');
  expect(code).toBe(2);
});

test('a file comes from standard input too', async () => {
  expect((await runHere([...words, '--secret-file', '-'], { stdin: `${stripeSecret}\n` })).code).toBe(0);
  const twice = ['verify', '--provider', 'stripe', '--raw', '-', '--secret-file', '-'];
  expect((await runHere(twice, { stdin: stripeSecret })).code).toBe(2);
});

test('a secret is not printed wherever somebody may have put it by mistake', async () => {
  const mistakes: readonly (readonly string[])[] = [
    ['--secret-env', stripeSecret],
    ['--secret-file', stripeSecret],
    [`--secrt=${stripeSecret}`],
    [`--secret-evn=${stripeSecret}`],
    [`--verbose=${stripeSecret}`],
    ['--secret', 'short'],
    ['--secret', `${stripeSecret} `],
  ];
  for (const mistake of mistakes) {
    for (const form of [[], ['--json'], ['--verbose']]) {
      const { stdout, stderr, code } = await runHere([...words, ...mistake, ...form], { folder });
      expect(code, mistake.join(' ')).toBe(2);
      expect(stdout + stderr).not.toContain(stripeSecret);
    }
  }
});

test('the program itself prints no secret, whatever the verdict', async () => {
  const changed = write(rawRequest({ ...delivery, body: withChangedByte(delivery.body) }));
  const runs = [
    { words, env: { COUNTERSIGN_SECRET: stripeSecret }, code: 0 },
    { words: [...words, '--raw', changed], env: { COUNTERSIGN_SECRET: stripeSecret, DEBUG: '1' }, code: 1 },
    { words: [...words, '--secret', stripeSecret, '--verbose', '--nonsense'], env: {}, code: 2 },
    { words: [...words, '--secret-env', 'ONE'], env: { ONE: `${stripeSecret} ` }, code: 2 },
  ];
  for (const { words, env, code } of runs) {
    const result = await runProgram(words, { env: env as Record<string, string> });
    expect(result.code).toBe(code);
    expect(result.stdout + result.stderr).not.toContain(stripeSecret);
  }
});

test('short secrets of test vectors are taken when asked for', async () => {
  const { createHmac } = await import('node:crypto');
  // The key of test case 2 of RFC 4231.
  const signature = createHmac('sha256', 'Jefe').update('Hello, World!').digest('hex');
  const body = Buffer.from('Hello, World!');
  const file = write(rawRequest({ headers: { 'x-hub-signature-256': `sha256=${signature}` }, body }));
  const verify = ['verify', '--provider', 'github', '--raw', file];
  const env = { COUNTERSIGN_SECRET: 'Jefe' };
  const refused = await runHere(verify, { env });
  expect(refused.stderr).toContain('--allow-weak-secrets');
  expect(refused.code).toBe(2);
  expect((await runHere([...verify, '--allow-weak-secrets'], { env })).code).toBe(0);
});

test('the secret of GitHub’s documentation is taken as it is, with its spaces', async () => {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries (read 2026-11-20).
  const signature = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
  const headers = { 'x-hub-signature-256': `sha256=${signature}` };
  const file = write(rawRequest({ headers, body: Buffer.from('Hello, World!') }));
  const verify = ['verify', '--provider', 'github', '--raw', file];
  expect((await runHere(verify, { env: { COUNTERSIGN_SECRET: "It's a Secret to Everybody" } })).code).toBe(0);
});
