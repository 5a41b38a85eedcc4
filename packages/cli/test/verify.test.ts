/** `countersign verify` as a child process, with deliveries that the senders' own packages signed. */

import { describe, expect, test } from 'vitest';
import {
  chunkedRequest,
  curlAnsiQuoted,
  curlHexQuoted,
  curlSingleQuoted,
  har,
  headerLines,
  rawRequest,
} from './captures-written.ts';
import { makeFolder, runHere, runProgram } from './run-cli.ts';
import {
  at,
  githubDelivery,
  type SignedDelivery,
  standardDelivery,
  stripeDelivery,
  withChangedByte,
} from './signed-deliveries.ts';

const { folder, write } = makeFolder();
const deliveries = [stripeDelivery(), standardDelivery(), await githubDelivery()] as const;
const byProvider = deliveries.map((delivery) => [delivery.provider, delivery] as const);

/** Each way to give a delivery, as options. */
const formats: Readonly<Record<string, (delivery: SignedDelivery) => readonly string[]>> = {
  'header lines and a body': (one) => ['--headers', write(headerLines(one)), '--body', write(one.body)],
  'header lines with CRLF and a request line': (one) => [
    '--headers',
    write(`POST /webhooks HTTP/1.1\r\n${headerLines(one, '\r\n')}\r\n`),
    '--body',
    write(one.body),
  ],
  'headers as a JSON object': (one) => ['--headers', write(JSON.stringify(one.headers)), '--body', write(one.body)],
  'headers as JSON pairs': (one) => [
    '--headers',
    write(JSON.stringify(Object.entries(one.headers))),
    '--body',
    write(one.body),
  ],
  'a HAR with text': (one) => ['--har', write(har(one))],
  'a HAR with base64': (one) => {
    const text = Buffer.from(one.body).toString('base64');
    return ['--har', write(har(one, { text, encoding: 'base64' })), '--entry', '2'];
  },
  'a curl command in single quotes': (one) => ['--curl', write(curlSingleQuoted(one))],
  "a curl command in $'...'": (one) => ['--curl', write(curlAnsiQuoted(one))],
  'a curl command with every byte escaped': (one) => ['--curl', write(curlHexQuoted(one))],
  'a raw request': (one) => ['--raw', write(rawRequest(one))],
  'a raw request in chunks': (one) => ['--raw', write(chunkedRequest(one))],
};

describe.each(byProvider)('a delivery of %s', (provider, delivery) => {
  const words = ['verify', '--provider', provider, '--at', String(at + 10)];
  const setting = { env: { COUNTERSIGN_SECRET: delivery.secret } };

  test.each(Object.entries(formats))('verifies from %s, and with one byte changed it does not', async (_, format) => {
    const good = await runHere([...words, ...format(delivery), '--json'], setting);
    expect(good.stderr).toBe('');
    expect(JSON.parse(good.stdout)).toMatchObject({
      verified: true,
      provider,
      event: { id: delivery.id ?? null, type: delivery.type, bodyBytes: delivery.body.length },
      matched: 'COUNTERSIGN_SECRET',
    });
    expect(good.code).toBe(0);

    const changed = { ...delivery, body: withChangedByte(delivery.body, 12) };
    const bad = await runHere([...words, ...format(changed), '--json'], setting);
    expect(JSON.parse(bad.stdout)).toMatchObject({ verified: false, error: { code: 'signature_mismatch' } });
    expect(bad.code).toBe(1);
  });

  test('verifies as a child process, with the body from standard input', async () => {
    const headers = write(headerLines(delivery));
    const { code, stdout, stderr } = await runProgram([...words, '--headers', headers, '--body', '-'], {
      ...setting,
      stdin: delivery.body,
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^verifies: /);
    expect(stdout).toContain('COUNTERSIGN_SECRET');
    expect(code).toBe(0);
  });

  test('does not verify as a child process when a byte was changed', async () => {
    const raw = rawRequest({ ...delivery, body: withChangedByte(delivery.body) });
    const { code, stdout, stderr } = await runProgram([...words, '--raw', '-'], { ...setting, stdin: raw });
    expect(stdout).toMatch(/^does not verify: /);
    expect(stdout).toContain('signature_mismatch');
    // A path of this repository is no help to whoever installed the package.
    expect(stdout).not.toContain('docs/');
    expect(stderr).toBe('');
    expect(code).toBe(1);
  });
});

test('a body that is no text is verified from every format that keeps bytes', async () => {
  // The sender's signer takes text, so the MAC over raw bytes is made by node:crypto.
  const { createHmac } = await import('node:crypto');
  const secret = 'a-long-enough-secret-of-github';
  const body = Buffer.from(Array.from({ length: 512 }, (_, place) => place % 256));
  const headers = { 'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` };
  const delivery = { headers, body };
  const words = ['verify', '--provider', 'github', '--json'];
  const captures = [
    ['--headers', write(headerLines(delivery)), '--body', write(body)],
    ['--raw', write(rawRequest(delivery))],
    ['--raw', write(chunkedRequest(delivery))],
    ['--curl', write(curlHexQuoted(delivery))],
    [
      '--curl',
      write(
        `curl https://example.com -H 'X-Hub-Signature-256: ${headers['X-Hub-Signature-256']}' --data-binary @body.bin`,
      ),
    ],
    ['--har', write(har(delivery, { text: body.toString('base64'), encoding: 'base64' }))],
    ['--har', write(har(delivery, { text: body.toString('latin1') }))],
  ];
  write(body, 'body.bin');
  for (const capture of captures) {
    const { code, stdout } = await runHere([...words, ...capture], { env: { COUNTERSIGN_SECRET: secret }, folder });
    expect(JSON.parse(stdout)).toMatchObject({ verified: true, event: { bodyBytes: 512, id: null, type: null } });
    expect(code).toBe(0);
  }
});

describe('the replay window', () => {
  const delivery = stripeDelivery();
  const words = ['verify', '--provider', 'stripe', '--raw', write(rawRequest(delivery)), '--json'];
  const setting = { env: { COUNTERSIGN_SECRET: delivery.secret } };

  test.each([
    [String(at + 300), 0],
    [String(at + 301), 1],
    [new Date((at - 300) * 1000).toISOString(), 0],
    [new Date((at - 301) * 1000).toISOString(), 1],
    ['now', 1],
  ])('at %s ends with %i', async (time, code) => {
    expect((await runHere([...words, '--at', time], { ...setting, at: at + 9999 })).code).toBe(code);
  });

  test('is checked against the time of the run where nothing else is said', async () => {
    expect((await runHere(words, { ...setting, at: at + 299 })).code).toBe(0);
    const late = await runHere(words, { ...setting, at: at + 999 });
    expect(late.code).toBe(1);
    const { error } = JSON.parse(late.stdout);
    expect(error).toMatchObject({ code: 'timestamp_too_old', at: 'stripe-signature' });
    expect(error.hint).toContain('--at');
  });

  test('names the time of the capture where the capture has one', async () => {
    const { stdout } = await runHere(['verify', '--provider', 'stripe', '--har', write(har(delivery))], {
      ...setting,
      at: at + 9999,
    });
    expect(stdout).toContain('pass --at (2026-11-21T09:00:03.000Z)');
  });

  test('has another width by --tolerance, and the library refuses what is no width', async () => {
    expect((await runHere([...words, '--at', String(at + 400), '--tolerance', '400'], setting)).code).toBe(0);
    expect((await runHere([...words, '--at', String(at + 401), '--tolerance', '400'], setting)).code).toBe(1);
    const refused = await runHere([...words, '--tolerance', '0'], setting);
    expect(JSON.parse(refused.stdout).error.code).toBe('options_invalid');
    expect(refused.code).toBe(2);
  });

  test('is left out by --ignore-window, loudly, and the signature is checked all the same', async () => {
    const far = [...words, '--at', '2030-01-01T00:00:00Z', '--ignore-window'];
    const good = await runHere(far, setting);
    expect(good.stderr).toMatch(/warning: the replay window is not checked/);
    expect(JSON.parse(good.stdout).warnings).toEqual([expect.stringContaining('replay window is not checked')]);
    expect(good.code).toBe(0);
    const wrong = await runHere(far, { env: { COUNTERSIGN_SECRET: 'whsec_anotherR7kQ2mXv9Ls4Tz8' } });
    expect(wrong.code).toBe(1);
  });

  test.each(['yesterday', '1795251600000', '2026-11-21', '-5', ''])('refuses %o as a time', async (time) => {
    expect((await runHere([...words, `--at=${time}`], setting)).code).toBe(2);
  });
});

test('a scheme that signs the address asks for it and takes it', async () => {
  const Twilio = { url: 'https://example.com/voice', secret: '7c1f9be04a5d4d0e8b6f2a9c3d1e5f70' };
  const { createHmac } = await import('node:crypto');
  // https://www.twilio.com/docs/usage/security: HMAC-SHA-1 over the URL and the sorted fields.
  const signature = createHmac('sha1', Twilio.secret).update(`${Twilio.url}Aa1Bb2`).digest('base64');
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': signature };
  const raw = write(rawRequest({ headers, body: Buffer.from('Bb=2&Aa=1') }, { target: '/voice' }));
  const words = ['verify', '--provider', 'twilio', '--raw', raw];
  const setting = { env: { COUNTERSIGN_SECRET: Twilio.secret } };
  const without = await runHere(words, setting);
  expect(without.stderr).toContain('--public-url');
  expect(without.code).toBe(2);
  expect((await runHere([...words, '--public-url', 'https://example.com'], setting)).code).toBe(0);
  expect((await runHere([...words, '--url', Twilio.url], setting)).code).toBe(0);
  expect((await runHere([...words, '--url', `${Twilio.url}2`], setting)).code).toBe(1);
});

test('text of a delivery cannot steer the terminal', async () => {
  const delivery = standardDelivery('{"type":"\\u001b[2J\\u202egone"}');
  const words = ['verify', '--provider', 'standard-webhooks', '--raw', write(rawRequest(delivery)), '--at', String(at)];
  const { stdout, code } = await runHere(words, { env: { COUNTERSIGN_SECRET: delivery.secret } });
  expect(code).toBe(0);
  expect(stdout).toContain('\\u001b[2J\\u202egone');
  expect(stdout).not.toContain('\u001b');
});

test('colours are for terminals that want them', async () => {
  const delivery = stripeDelivery();
  const words = ['verify', '--provider', 'stripe', '--raw', write(rawRequest(delivery)), '--at', String(at)];
  const env = { COUNTERSIGN_SECRET: delivery.secret };
  const isColored = async (more: readonly string[], setting: object) =>
    (await runHere([...words, ...more], { env, ...setting })).stdout.includes('\u001b[');
  expect(await isColored([], { isTerminal: true })).toBe(true);
  expect(await isColored([], { isTerminal: false })).toBe(false);
  expect(await isColored(['--no-color'], { isTerminal: true })).toBe(false);
  expect(await isColored(['--json'], { isTerminal: true })).toBe(false);
  expect(await isColored([], { isTerminal: true, env: { ...env, NO_COLOR: '1' } })).toBe(false);
  expect(await isColored([], { isTerminal: true, env: { ...env, NO_COLOR: '' } })).toBe(true);
});
