/** The commands that sign and send: sign, send, contract, simulate. */

import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { secret, startEndpoint } from './endpoint.ts';
import { makeFolder, runHere, runProgram } from './run-cli.ts';

const env = { COUNTERSIGN_SECRET: secret };
const { folder, write } = makeFolder();
const careful = await startEndpoint();
const careless = await startEndpoint('careless');
const stripe = ['--provider', 'stripe'];

function requireSilence(...texts: string[]): void {
  for (const text of texts) expect(text).not.toContain(secret.slice(6, 30));
}

/** Starts `listen` on a free port. @returns what it ends with, and the port */
async function listening(words: string[]): Promise<[printed: ReturnType<typeof runHere>, port: number]> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const printed = runHere(['listen', '--port', String(port), ...words], { env });
  // A connection alone is no delivery.
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise((resolve) =>
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false)),
    );
    socket.destroy();
    if (isOpen) return [printed, port];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('listen does not listen');
}

describe('countersign sign', () => {
  it.each(['curl', 'raw'])('prints what verify takes, as %s', async (form) => {
    const body = write('{"id":"evt_1",  "type":"it\'s \\u00e9", "name":"Zoë"}\r\n');
    const signed = await runHere(['sign', ...stripe, '--body', body, '--as', form], { env });
    expect(signed).toMatchObject({ code: 0, stderr: '' });
    const capture = write(signed.stdout);
    const verified = await runHere(['verify', ...stripe, `--${form}`, capture, '--json'], { env });
    expect(JSON.parse(verified.stdout)).toMatchObject({ verified: true });
    const other = await runHere(['verify', ...stripe, `--${form}`, capture], {
      env: { COUNTERSIGN_SECRET: 'another-secret-of-some-length' },
    });
    expect(other.code).toBe(1);
    requireSilence(signed.stdout, signed.stderr);
  });

  it('prints headers alone, or one object, at any time and for any event', async () => {
    const at = ['--at', '2026-01-01T00:00:00Z'];
    const headers = await runHere(['sign', ...stripe, ...at, '--as', 'headers'], { env });
    expect(headers.stdout).toMatch(/^stripe-signature: t=1767225600,v1=[0-9a-f]{64}$/m);
    const options = ['--type', 'invoice.paid', '--id', 'evt_7', '--url', 'https://shop.example/hook'];
    const json = JSON.parse((await runHere(['sign', ...stripe, ...options, '--json'], { env })).stdout);
    expect(json).toMatchObject({ method: 'POST', url: 'https://shop.example/hook' });
    expect(JSON.parse(Buffer.from(json.bodyBase64, 'base64').toString())).toMatchObject({
      id: 'evt_7',
      type: 'invoice.paid',
    });
  });

  it('signs the sample of the type, and any type that the sender does not document, with a hint', async () => {
    const signed = async (type: string) => {
      const { stdout, ...rest } = await runHere(['sign', ...stripe, '--type', type, '--id', 'evt_7', '--json'], {
        env,
      });
      return { ...rest, body: JSON.parse(Buffer.from(JSON.parse(stdout).bodyBase64, 'base64').toString()) };
    };
    expect(await signed('invoice.paid')).toMatchObject({
      code: 0,
      stderr: '',
      body: { id: 'evt_7', type: 'invoice.paid', data: { object: { object: 'invoice', amount_paid: 1900 } } },
    });
    const misspelt = await signed('invoice.piad');
    expect(misspelt).toMatchObject({ code: 0, body: { id: 'evt_7', type: 'invoice.piad', data: { object: {} } } });
    expect(misspelt.stderr).toMatch(
      /^[^\n]*invoice\.piad is not among the events[^\n]*Did you mean invoice\.paid[^\n]*\n$/,
    );
    const own = await signed('something.of.the.future');
    expect(own.stderr).toMatch(/^[^\n]*countersign providers events stripe lists them\.\n$/);
    expect(await signed('account.updated')).toMatchObject({ stderr: '', body: { data: { object: {} } } });
  });

  it('signs with a private key, which is what it asks for where one is needed', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const key = write(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    const open = write(publicKey.export({ type: 'spki', format: 'pem' }).toString());
    const signed = await runHere(['sign', '--provider', 'discord', '--private-key', key, '--as', 'raw']);
    const verified = await runHere(['verify', '--provider', 'discord', '--key', open, '--raw', write(signed.stdout)]);
    expect([verified.code, verified.stderr, verified.stdout]).toEqual([0, '', expect.anything()]);
    expect(await runHere(['sign', '--provider', 'discord'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--private-key/),
    });
  });
});

describe('countersign send', () => {
  it('sends one delivery and prints the answer', async () => {
    const sent = await runHere(['send', careful.url, ...stripe, '--id', 'evt_sent'], { env });
    expect(sent).toMatchObject({ code: 0, stderr: '' });
    expect(sent.stdout).toMatch(/^200 in [\d.]+ ms\n$/);
    expect(careful.effects).toContain('evt_sent');
  });

  it('ends with 1 where the endpoint refuses', async () => {
    const wrong = { COUNTERSIGN_SECRET: 'another-secret-of-some-length' };
    expect(await runHere(['send', careful.url, ...stripe], { env: wrong })).toMatchObject({ code: 1 });
  });

  it('sends many, each a new event, and tells how long they took', async () => {
    const before = careful.effects.length;
    const options = ['--count', '200', '--lanes', '16', '--json'];
    const { code, stdout } = await runHere(['send', careful.url, ...stripe, ...options], { env });
    const report = JSON.parse(stdout);
    expect([code, report.sent, report.statuses]).toEqual([0, 200, { 200: 200 }]);
    expect(report.milliseconds.p50).toBeLessThanOrEqual(report.milliseconds.max);
    expect(careful.effects.length - before).toBe(200);
    const shown = await runHere(['send', careful.url, ...stripe, '--count', '20'], { env });
    expect(shown.stdout).toMatch(/^20 sent, \d+ a second: 20 × 200\n/);
    expect(shown.stdout).toMatch(/up to \d+ ms +█/);
  });
});

describe('countersign listen', () => {
  it('prints deliveries with their verdicts and keeps them, so that they can be sent again, signed anew', async () => {
    const keep = join(folder, 'kept.ndjson');
    const [printed, port] = await listening(['--provider', 'stripe', '--keep', keep, '--count', '3']);
    const url = `http://127.0.0.1:${port}/hook?a=1`;
    const body = write('{"id":"evt_kept","type":"invoice.paid",\r\n "name":"Zoë"}');
    for (const [secretOf, code] of [
      [env, 0],
      [env, 0],
      [{ COUNTERSIGN_SECRET: 'another-secret-of-some-length' }, 1],
    ] as const) {
      expect((await runHere(['send', url, ...stripe, '--body', body], { env: secretOf })).code).toBe(code);
    }
    const { code, stdout } = await printed;
    expect(code).toBe(0);
    expect(stdout.match(/^(?:handled|duplicate|signature_mismatch) POST \/hook\?a=1/gm)).toHaveLength(3);
    expect(stdout).toContain('"name": "Zoë"');
    const lines = readFileSync(keep, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ verdict }) => verdict)).toEqual(['handled', 'duplicate', 'signature_mismatch']);
    expect(Buffer.from(lines[0].bodyBase64, 'base64')).toEqual(readFileSync(body));
    requireSilence(stdout, readFileSync(keep, 'utf8'));
    expect(statSync(keep).mode & 0o777).toBe(0o600);

    const again = await runHere(['send', careful.url, ...stripe, '--kept', keep, '--json'], { env });
    expect(JSON.parse(again.stdout)).toMatchObject({ sent: 2, statuses: { 200: 2 } });
    expect(careful.effects.filter((id) => id === 'evt_kept')).toHaveLength(1);
  });

  it('keeps what it refused, and send --kept leaves that out and names it, unless it is told otherwise', async () => {
    const keep = join(folder, 'refused.ndjson');
    const [printed, port] = await listening(['--provider', 'stripe', '--keep', keep, '--count', '3']);
    const url = `http://127.0.0.1:${port}/hook`;
    await fetch(url, { method: 'POST', body: '{"id":"evt_stranger","type":"invoice.paid"}' });
    await fetch(url);
    expect((await runHere(['send', url, ...stripe, '--id', 'evt_known'], { env })).code).toBe(0);
    expect((await printed).code).toBe(0);

    const words = ['send', careful.url, ...stripe, '--kept', keep];
    const shown = await runProgram(words, { env });
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/^200 in [\d.]+ ms\n2 left out; --refused sends those that listen refused:\n/);
    expect(shown.stdout).toContain('  line 1  header_missing POST /hook\n');
    expect(shown.stdout).toContain('  line 2  method_unsupported GET /hook (not a method of the sender)\n');
    expect(careful.effects).toContain('evt_known');
    expect(careful.effects).not.toContain('evt_stranger');
    const json = await runProgram([...words, '--json'], { env });
    expect(JSON.parse(json.stdout).leftOut).toEqual([
      { line: 1, verdict: 'header_missing', method: 'POST', url: '/hook', reason: 'refused' },
      { line: 2, verdict: 'method_unsupported', method: 'GET', url: '/hook', reason: 'method' },
    ]);

    const told = await runProgram([...words, '--refused'], { env });
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toMatch(/^2 sent, .*: 2 × 200\n/);
    expect(told.stdout).toContain('1 left out:\n  line 2  method_unsupported GET /hook');
    expect(careful.effects).toContain('evt_stranger');
  });

  it('keeps what nothing was checked of, which is sent but for a stray GET', async () => {
    const kept = { receivedAt: '', url: '/', headers: [], verdict: null, id: null };
    const lines = [
      { ...kept, method: 'POST', bodyBase64: Buffer.from('{"id":"evt_unchecked"}').toString('base64') },
      { ...kept, method: 'GET', bodyBase64: '' },
    ];
    const all = write(lines.map((line) => JSON.stringify(line)).join('\n'));
    const sent = await runProgram(['send', careful.url, ...stripe, '--kept', all], { env });
    expect([sent.code, sent.stdout]).toEqual([0, expect.stringContaining('1 left out:\n  line 2  not verified GET /')]);
    expect(careful.effects).toContain('evt_unchecked');
    const stray = write(JSON.stringify(lines[1]));
    expect(await runProgram(['send', careful.url, ...stripe, '--kept', stray], { env })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^nothing sent\n1 left out:\n/),
    });
    const alone = await runHere(['send', careful.url, ...stripe, '--refused'], { env });
    expect(alone).toMatchObject({ code: 2, stderr: expect.stringMatching(/pass --kept too/) });
  });

  it('shows what comes without a provider, and says that nothing is verified', async () => {
    const [printed, port] = await listening(['--count', '1', '--json']);
    await fetch(`http://127.0.0.1:${port}/any`, { method: 'PUT', body: Uint8Array.of(0, 255) });
    const { stdout, stderr } = await printed;
    expect(JSON.parse(stdout)).toMatchObject({
      method: 'PUT',
      url: '/any',
      bodyBase64: 'AP8=',
      verdict: null,
      id: null,
    });
    expect(stderr).toMatch(/nothing is verified/);
  });

  it('ends with 2 where the port is taken, or a kept file is none', async () => {
    const taken = new URL(careful.url).port;
    expect(await runHere(['listen', '--port', taken])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/already/),
    });
    const none = await runHere(['send', careful.url, ...stripe, '--kept', write('{"a":1}')], { env });
    expect(none).toMatchObject({ code: 2, stderr: expect.stringMatching(/line 1 of .* is not a delivery/) });
  });
});

describe('countersign contract', () => {
  it('ends with 0 for an endpoint that holds it, with a report for people, machines and dashboards', async () => {
    const words = ['contract', careful.url, ...stripe, '--control', careful.control];
    const shown = await runProgram([...words, '--junit', join(folder, 'report.xml')], { env });
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toContain('✓ a genuine delivery is accepted and takes effect once');
    expect(shown.stdout).toContain(
      '– a delivery signed with the secret that is being replaced is accepted (rotated_secret): left out.',
    );
    expect(shown.stdout).toMatch(/22 hold, 0 fall short, 0 not checked, 1 left out: Stripe at http/);
    const xml = readFileSync(join(folder, 'report.xml'), 'utf8');
    expect(xml).toContain('<testsuites tests="23" failures="0" errors="0" skipped="1"');
    expect(xml.match(/<testcase /g)).toHaveLength(23);
    const json = await runHere([...words, '--json'], { env });
    expect(JSON.parse(json.stdout)).toMatchObject({ provider: 'stripe', holds: 22, fallShort: 0, leftOut: 1 });
    requireSilence(shown.stdout, shown.stderr, xml, json.stdout);
  });

  it('says without --control that duplicates are not checked, of an endpoint that runs every copy too', async () => {
    const { code, stdout } = await runHere(['contract', careless.url, ...stripe, '--json'], { env });
    const { results, notChecked } = JSON.parse(stdout);
    const idsOf = (wanted: string) =>
      results.flatMap(({ id, verdict }: Record<string, string>) => (verdict === wanted ? [id] : []));
    expect(idsOf('not_checked')).toEqual(['replay', 'duplicate', 'duplicates_at_once']);
    expect([code, notChecked]).toEqual([1, 3]);
    const shown = await runHere(['contract', careful.url, ...stripe], { env });
    expect(shown.stdout).toMatch(/^\? the same bytes sent again .* \(replay\): not checked\. .*--control/m);
    expect(shown.stdout).toContain('0 fall short, 3 not checked, 3 left out');
    expect(shown.code).toBe(0);
  });

  it('sends an event of your own, with the id of each new event in it', async () => {
    const body = write('{"id":"{{id}}","type":"invoice.paid","data":{"object":{"amount":7}}}');
    const words = ['contract', careful.url, ...stripe, '--control', careful.control, '--body', body, '--json'];
    const { code, stdout } = await runHere(words, { env });
    expect(JSON.parse(stdout)).toMatchObject({ fallShort: 0, holds: 22 });
    expect(code).toBe(0);
    const none = await runHere(['contract', careful.url, ...stripe, '--body', write('{"id":"evt_1"}')], { env });
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('{{id}}') });
    // GitHub has the id in a header, so its body needs none.
    const github = ['contract', careful.url, '--provider', 'github', '--body', write('{"zen":"a"}'), '--json'];
    expect(JSON.parse((await runHere(github, { env })).stdout)).toMatchObject({ provider: 'github', fallShort: 1 });
  });

  it('ends where no genuine delivery is accepted, by a secret of another endpoint for one', async () => {
    const { code, stdout } = await runHere(['contract', careful.url, ...stripe], {
      env: { COUNTERSIGN_SECRET: 'whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=' },
    });
    expect(code).toBe(1);
    expect(stdout).toContain('✗ a genuine delivery is accepted (genuine)\n    Expected 2xx, found 401.');
    expect(stdout).toMatch(/0 hold, 1 fall short, 19 not checked/);
    expect(stdout.match(/: not checked\./g)).toHaveLength(19);
    expect(stdout.match(/no other case shows anything/g)).toHaveLength(1);
  });

  it('ends with 1 for one that falls short, says what is wrong, and annotates a pull request', async () => {
    const words = ['contract', careless.url, ...stripe, '--junit', join(folder, 'bad.xml')];
    const { code, stdout } = await runHere(words, { env: { ...env, GITHUB_ACTIONS: 'true' } });
    expect(code).toBe(1);
    expect(stdout).toContain('✗ a delivery without its signature is refused (missing_signature)');
    expect(stdout.match(/^ +The endpoint checks no signature at all/gm)).toHaveLength(1);
    expect(stdout).toMatch(
      /^::error title=a body that was changed after it was signed is refused \(tampered_body\)::Expected 4xx, found 200\.$/m,
    );
    expect(readFileSync(join(folder, 'bad.xml'), 'utf8')).toContain('<failure message="Expected 4xx, found 200.">');
  });

  it('speaks of its own options, and lists the cases where one is unknown', async () => {
    const ofLibrary =
      /previousSecret|pass effects|Does effects|No option was given|body: \(id\)|signDelivery|webhookContract/;
    const { stdout } = await runHere(['contract', careful.url, ...stripe], { env });
    expect(stdout).toMatch(/\(rotated_secret\): left out\. No --previous-secret-env was given\.$/m);
    expect(stdout).toMatch(
      /\(retry_after_failure\): left out\. No --control was given, which makes the handler fail\.$/m,
    );
    expect(stdout).toMatch(/\(hanging_handler\): left out\. No --control was given, which makes the handler hang\.$/m);
    expect(stdout.match(/pass --control\./g)).toHaveLength(1);
    expect(stdout).not.toMatch(ofLibrary);
    const counted = ['contract', careless.url, ...stripe, '--control', careless.control, '--json'];
    const blind = await runHere(counted, { env });
    expect(JSON.parse(blind.stdout).results[0].meaning).toMatch(/Does --control count by the id of the event/);
    expect(blind.stdout).not.toMatch(ofLibrary);
    const failing = createServer((request, response) =>
      request.resume().on('end', () => response.writeHead(500).end()),
    );
    await new Promise<void>((resolve) => failing.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(failing.address() as AddressInfo).port}/`;
    const shown = await runHere(['contract', url, ...stripe, '--junit', join(folder, 'failing.xml')], { env });
    for (const text of [shown.stdout, readFileSync(join(folder, 'failing.xml'), 'utf8')]) {
      expect(text).toMatch(/pass a body that it understands with --body FILE, or another type with --type\./);
      expect(text).not.toMatch(ofLibrary);
    }
    failing.closeAllConnections();
    await new Promise((resolve) => failing.close(resolve));
    const unknown = await runHere(['contract', careful.url, ...stripe, '--expect', 'empty=any'], { env });
    expect(unknown.stderr).toMatch(
      /^countersign: --expect: There is no case empty\. The cases are genuine, .*, empty_body, /,
    );
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.not.stringMatching(ofLibrary)]);
  });

  it('takes another answer for right where it is told so', async () => {
    const expectations = ['tampered_body=200', 'missing_signature=any', 'stale=accepted', 'future=skip'];
    const words = ['contract', careless.url, ...stripe, ...expectations.flatMap((one) => ['--expect', one]), '--json'];
    const { results } = JSON.parse((await runHere(words, { env })).stdout);
    const verdicts = Object.fromEntries(results.map(({ id, verdict }: Record<string, string>) => [id, verdict]));
    expect(verdicts).toMatchObject({
      tampered_body: 'holds',
      missing_signature: 'holds',
      stale: 'holds',
      future: 'left_out',
    });
  });

  it.each<[what: string, words: string[], env: Record<string, string>, message: RegExp]>([
    [
      'an endpoint where nothing listens',
      ['http://127.0.0.1:1/'],
      env,
      /cannot reach http:\/\/127\.0\.0\.1:1\/: nothing is listening there/,
    ],
    [
      'an endpoint that speaks no TLS',
      [careful.url.replace('http:', 'https:')],
      env,
      /cannot reach .*: it does not use TLS/,
    ],
    ['what is no URL', ['nowhere'], env, /http or https URL/],
    ['a missing secret', [careful.url], {}, /needs the secret/],
    ['a missing previous secret', [careful.url, '--previous-secret-env', 'OLD'], env, /--previous-secret-env/],
    ['a case that does not exist', [careful.url, '--expect', 'stail=200'], env, /no case stail/],
    ['a rule that does not exist', [careful.url, '--expect', 'stale=maybe'], env, /--expect takes/],
    [
      'a control address that answers otherwise',
      [careful.url, '--control', careless.url],
      env,
      /--control must respond with/,
    ],
    ['a report that cannot be written', [careful.url, '--junit', '/nowhere/report.xml'], env, /--junit/],
  ])('ends with 2 and one line for %s', async (_, words, given, message) => {
    const { code, stdout, stderr } = await runHere(['contract', ...words, ...stripe, '--json'], { env: given });
    expect(stderr).toMatch(message);
    expect([code, stderr.trimEnd().split('\n').length]).toEqual([2, 1]);
    expect(JSON.parse(stdout).error.message).toMatch(message);
  });
});

describe('what has no end', () => {
  it('is read no further than its beginning, where it is the answer of an endpoint or of its control address', async () => {
    const chunk = 'a'.repeat(65_536);
    let written = 0;
    const app = createServer((request, response) => {
      request.resume();
      const write = () => {
        do written += chunk.length;
        while (response.write(chunk));
      };
      response.on('drain', write);
      write();
    });
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}/`;
    const words = [url, ...stripe, '--timeout', '20', '--json'];
    const startedAt = performance.now();
    const sent = await runHere(['send', ...words], { env });
    expect(JSON.parse(sent.stdout)).toMatchObject({ status: 200, body: 'a'.repeat(1000) });
    expect(written).toBeLessThan(16_777_216);
    const proved = await runHere(['contract', careful.url, ...stripe, '--control', url, '--json'], { env });
    expect(JSON.parse(proved.stdout).error.code).toBe('control_unusable');
    expect(performance.now() - startedAt).toBeLessThan(18_000);
    app.closeAllConnections();
    await new Promise((resolve) => app.close(resolve));
  });

  it.skipIf(!existsSync('/dev/zero'))('is refused in one line, where it is a file', async () => {
    const { code, stderr } = await runHere(['verify', ...stripe, '--raw', '/dev/zero'], { env });
    expect([code, stderr]).toEqual([2, 'countersign: /dev/zero has more than 256 MiB.\n']);
  });
});

describe('an app that is just starting', () => {
  const freePort = async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  };

  it('is waited for with --wait, and not without it', async () => {
    const port = await freePort();
    const words = ['send', `http://127.0.0.1:${port}/hook`, ...stripe, '--json'];
    expect((await runHere(words, { env })).code).toBe(2);
    const sent = runHere([...words, '--wait', '20'], { env });
    await new Promise((resolve) => setTimeout(resolve, 600));
    const app = createServer((request, response) => request.resume().on('end', () => response.end()));
    await new Promise<void>((resolve) => app.listen(port, '127.0.0.1', resolve));
    expect(JSON.parse((await sent).stdout)).toMatchObject({ status: 200 });
    app.closeAllConnections();
    await new Promise((resolve) => app.close(resolve));
  });

  it.each(['send', 'contract', 'simulate'])(
    'is given up by %s after that time, and what cannot change at once',
    async (name) => {
      const url = `http://127.0.0.1:${await freePort()}/`;
      const late = await runHere([name, url, ...stripe, '--wait', '1'], { env });
      expect([late.code, late.stderr]).toEqual([
        2,
        expect.stringMatching(/nothing is listening there, after 1 s\.\n$/),
      ]);
      const startedAt = performance.now();
      const wrong = await runHere([name, careful.url.replace('http:', 'https:'), ...stripe, '--wait', '20'], { env });
      expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/it does not use TLS; is it http\?\n$/)]);
      expect(performance.now() - startedAt).toBeLessThan(15_000);
    },
  );
});

describe('countersign simulate', () => {
  it('ends with 0 where nothing is lost or doubled, and sends the same for the same seed', async () => {
    const rates = ['--duplicates', '0.2', '--timeouts', '0.1', '--crashes', '0.1', '--reorder', '0.2'];
    const words = ['simulate', careful.url, ...stripe, '--events', '60', '--seed', '11', ...rates];
    const { code, stdout } = await runHere([...words, '--control', careful.control, '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ events: 60, seed: 11, lost: [], duplicated: [], givenUp: [] });
    expect(code).toBe(0);
    const shown = await runHere(words, { env });
    expect(shown.stdout).toMatch(/^60 events in \d+ attempts/);
    expect(shown.stdout).toMatch(/lost +not known without --control/);
  });

  it('ends with 1 where events are lost', async () => {
    const words = ['simulate', careless.url, ...stripe, '--events', '5', '--control', careless.control];
    const { code, stdout } = await runHere(words, { env });
    expect([code, stdout]).toEqual([1, expect.stringMatching(/lost +5: evt_1_0/)]);
  });

  it('ends with 2 for a rate that is none', async () => {
    const words = ['simulate', careful.url, ...stripe, '--crashes', '7'];
    expect(await runHere(words, { env })).toMatchObject({ code: 2, stderr: expect.stringMatching(/from 0 to 1/) });
  });
});
