import { createHash, createHmac, generateKeyPairSync, sign as signWith } from 'node:crypto';
import { type Delivery, defineProvider, hmac, type Provider, type SecretInput, sharedToken } from '@countersign/core';
import type { HmacDescription } from '@countersign/core/describe';
import { type CauseCode, causeTable, type DiagnoseOptions, type Diagnosis, diagnose } from '@countersign/core/diagnose';
import { httpSignature } from '@countersign/core/http-signature';
import { detachedJws, jwt } from '@countersign/core/jwt';
import { publicKey } from '@countersign/core/public-key';
import { describe, expect, it } from 'vitest';
import { bytes, codeOf, K1, K1Base64, K2, now, prefixedR, R, S, sign, signT, standardHeaders, T } from './fixtures.ts';

const clock = () => new Date(now * 1000);
const text = '{"id":"evt_1","note":"bodymark","amount":5}';
const body = bytes(text);

/** Runs a diagnosis and searches all of it for values that must never appear. */
async function explain(
  delivery: Delivery,
  provider: Provider,
  secrets: SecretInput | undefined,
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const diagnosis = await diagnose(delivery, provider, secrets, { clock, maxMilliseconds: 20_000, ...options });
  const shown = JSON.stringify(diagnosis);
  const fields = Array.isArray(delivery.headers) ? delivery.headers : Object.entries(delivery.headers);
  const values = fields.map(([, value]) => value).filter((value) => String(value).trim().length >= 16);
  const given = [secrets, Object.values(options.otherSecrets ?? {}), values].flat(2);
  const known = [K1, K2, K1Base64, 'bodymark', 'evt_1', ...macsOf(K1), ...macsOf(K2), ...given];
  for (const one of known) {
    if (typeof one === 'string' && one.trim().length > 4) expect(shown).not.toContain(one);
  }
  return diagnosis;
}

function macsOf(secret: string): string[] {
  return ['sha1', 'sha256', 'sha512'].flatMap((hash) => {
    const macs = [text, `${now}.${text}`].map((signed) => createHmac(hash, secret).update(signed).digest());
    return macs.flatMap((mac) => [mac.toString('hex'), mac.toString('base64'), mac.toString('base64url')]);
  });
}

const codesOf = ({ causes }: Diagnosis) => causes.map(({ code }) => code);

/** Expects these causes, all proved, in this order. */
async function expectProved(diagnosis: Promise<Diagnosis>, ...codes: CauseCode[]): Promise<Diagnosis> {
  const found = await diagnosis;
  expect(codesOf(found)).toEqual(codes);
  expect(found.verdict).toBe('cause_found');
  expect(found.causes.every(({ certainty }) => certainty === 'proved')).toBe(true);
  return found;
}

async function expectLikely(diagnosis: Promise<Diagnosis>, ...codes: CauseCode[]): Promise<Diagnosis> {
  const found = await diagnosis;
  expect(codesOf(found)).toEqual(codes);
  expect(found.causes.every(({ certainty }) => certainty === 'likely')).toBe(true);
  return found;
}

async function expectUnexplained(diagnosis: Promise<Diagnosis>): Promise<void> {
  expect(await diagnosis).toMatchObject({ verdict: 'unexplained', causes: [], isExhausted: false });
}

/** A delivery whose header signs one body while another is present. */
function damaged(signed: string | Uint8Array, given: string | Uint8Array): Delivery {
  const mac = sign(K1, signed).toString('hex');
  return { headers: { 'x-sig': mac }, body: typeof given === 'string' ? bytes(given) : given };
}

const described = (description: Partial<HmacDescription>) =>
  defineProvider({
    name: 'd',
    scheme: hmac({ hash: 'SHA-256', signature: { header: 'x-sig', encoding: 'hex' }, signs: ['body'], ...description }),
  });

describe('a diagnosis', () => {
  it('reports that a genuine delivery verifies, and names no cause', async () => {
    expect(await explain(damaged(text, text), R, K1)).toEqual({
      verdict: 'verifies',
      causes: [],
      attempts: 1,
      isExhausted: false,
    });
  });

  it('explains nothing if the signature is forged', async () => {
    const forged = sign('another-secret-of-32-characters!', text).toString('hex');
    const others = { otherSecrets: { live: K2 }, otherProviders: [T, S, prefixedR] };
    await expectUnexplained(explain({ headers: { 'x-sig': forged }, body }, R, K1, others));
    const list = signT('another-secret-of-32-characters!', now, body);
    await expectUnexplained(explain({ headers: { 'x-sig': list }, body }, T, K1, others));
    await expectUnexplained(
      explain({ headers: standardHeaders(`v1,${sign(K2, text).toString('base64')}`), body }, S, K1Base64),
    );
  });

  it('explains nothing if the content of the body was changed', async () => {
    await expectUnexplained(explain(damaged(text, text.replace('5', '6')), R, K1));
  });

  it("reports the receiver's error for the delivery", async () => {
    const { error } = await explain(damaged(text, `${text}\n`), R, K1);
    expect(error).toMatchObject({ code: 'signature_mismatch', at: 'x-sig' });
  });

  it('names two causes if two changes have to be undone', async () => {
    const found = explain(damaged(text, `${text}\n`), R, ` ${K1}`);
    await expectProved(found, 'secret_whitespace', 'body_trailing_newline');
    const mac = sign(K1, text).toString('hex');
    const renamed = { headers: { 'x-acme-sig': mac }, body: bytes(JSON.stringify(JSON.parse(text), null, 2)) };
    await expectProved(explain(renamed, R, K1), 'header_renamed', 'body_reserialised');
  });

  it('stops at the maximum number of attempts and says so', async () => {
    const found = await explain(damaged('other', text), R, K1, { maxAttempts: 5 });
    expect(found).toMatchObject({ verdict: 'unexplained', isExhausted: true });
    expect(found.attempts).toBeLessThanOrEqual(6);
  });

  it('stops when its time is over and says so', async () => {
    const large = JSON.stringify(Array.from({ length: 20_000 }, (_, index) => ({ index, note: 'é/<' })));
    const found = await explain(damaged('other', large), R, K1, { maxMilliseconds: 1 });
    expect(found).toMatchObject({ verdict: 'unexplained', isExhausted: true });
  });

  it('returns a result whatever a delivery contains', async () => {
    const odd = [
      '{"a":"\\ud800"}',
      '['.repeat(5000) + ']'.repeat(5000),
      'a=%E0%A4%A',
      '"',
      '{"type":"Buffer","data":[1,"x"]}',
    ];
    const values = ['', ' '.repeat(8000), ','.repeat(8000), 'é', '%zz', '='.repeat(64), 'v1=,t=', 'x'.repeat(20_000)];
    for (const provider of [R, T, S]) {
      for (const [index, value] of values.entries()) {
        const headers = { 'x-sig': value, host: value, 'webhook-signature': value, ':x': value, 'content-length': '7' };
        const given = bytes(odd[index % odd.length] as string);
        const { causes } = await diagnose({ headers, body: given, url: value }, provider, '%zz"\ud800'.repeat(3));
        expect(causes.filter(({ certainty }) => certainty === 'proved')).toEqual([]);
      }
    }
  });

  it('prints nothing to the console', async () => {
    const written: unknown[] = [];
    const kept = { ...console };
    for (const name of ['log', 'warn', 'error', 'info'] as const)
      console[name] = (...all: unknown[]) => void written.push(all);
    try {
      for (const given of [text, `${text}\n`, 'x']) await explain(damaged(text, given), R, K1);
    } finally {
      Object.assign(console, kept);
    }
    expect(written).toEqual([]);
  });

  it('refuses invalid options', async () => {
    const refused = (options: object) => codeOf(diagnose(damaged(text, text), R, K1, options));
    for (const options of [
      { maxAttempts: 0 },
      { framework: 'express' },
      { framework: { fixes: {} } },
      { toleranceSeconds: 0 },
      { secret: K1 },
    ]) {
      expect(await refused(options)).toBe('options_invalid');
    }
    expect(await codeOf(diagnose(damaged(text, text), undefined as never, K1))).toBe('options_invalid');
  });

  it('has a sentence and a fix for every cause', () => {
    for (const [code, row] of Object.entries(causeTable)) {
      expect(code).toMatch(/^[a-z0-9_]+$/);
      for (const sentence of [row.what, row.fix]) expect(sentence).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('uses the terms of the given framework', async () => {
    const framework = { fixes: { body: 'Mount it first.', url: 'Pass on the whole path.' } };
    const { causes } = await explain(damaged(text, `${text}\n`), R, K1, { framework });
    expect(causes[0]?.fix).toBe('Mount it first.');
  });
});

describe('bodies', () => {
  const note = 'bodymark Zoë €';
  const value = { id: 'evt_1', note, url: 'https://example.com/a?b=1&c=<x>' };
  const compact = JSON.stringify(value);
  const rows: readonly (readonly [
    title: string,
    signed: string | Uint8Array,
    given: string | Uint8Array,
    CauseCode,
  ])[] = [
    ['written again by JavaScript', text.replaceAll(':', ': ').replaceAll(',', ', '), text, 'body_reserialised'],
    ['indented', text, JSON.stringify(JSON.parse(text), null, 2), 'body_reserialised'],
    ['whose indentation was lost', `${JSON.stringify(value, null, 4)}\n`, compact, 'body_reserialised'],
    [
      'whose order and numbers no parser would keep',
      '{"b": 1.0, "a": 12345678901234567890, "b": 2}',
      '{"b":1.0,"a":12345678901234567890,"b":2}',
      'body_reserialised',
    ],
    [
      'that PHP wrote',
      compact.replaceAll('/', '\\/').replace('ë', '\\u00eb').replace('€', '\\u20ac'),
      compact,
      'body_reserialised',
    ],
    [
      'that Go wrote',
      compact.replace('&', '\\u0026').replace('<', '\\u003c').replace('>', '\\u003e'),
      compact,
      'body_reserialised',
    ],
    [
      'that .NET wrote',
      compact
        .replace('&', '\\u0026')
        .replace('<', '\\u003C')
        .replace('>', '\\u003E')
        .replace('ë', '\\u00EB')
        .replace('€', '\\u20AC'),
      compact,
      'body_reserialised',
    ],
    ['in which one of two letters was escaped', compact.replace('€', '\\u20ac'), compact, 'body_reserialised'],
    ['whose escapes were added', compact, compact.replace('ë', '\\u00eb').replace('€', '\\u20ac'), 'body_reserialised'],
    [
      'whose number lost its zeros',
      '{"note":"bodymark","price":475.50}',
      '{"note":"bodymark","price":475.5}',
      'body_reserialised',
    ],
    ['that lost their byte order mark', `\ufeff${text}`, text, 'body_byte_order_mark'],
    ['that got a byte order mark', text, `\ufeff${text}`, 'body_byte_order_mark'],
    ['with CRLF made LF', '{\r\n"note": "bodymark"\r\n}', '{\n"note": "bodymark"\n}', 'body_line_ends'],
    ['with LF made CRLF', 'note:\nbodymark\nend', 'note:\r\nbodymark\r\nend', 'body_line_ends'],
    ['with a newline more', text, `${text}\n`, 'body_trailing_newline'],
    ['with a newline less', `${text}\n`, text, 'body_trailing_newline'],
    ['with CRLF less at the end', `${text}\r\n`, text, 'body_trailing_newline'],
    ['cut of the blanks around them', text, `  ${text} \n`, 'body_trailing_newline'],
    ['passed in base64', compact, Buffer.from(compact).toString('base64'), 'body_base64'],
    ['given in base64url', compact, Buffer.from(compact).toString('base64url'), 'body_base64'],
    ['signed in base64', Buffer.from(text).toString('base64'), text, 'body_base64'],
    ['given as a JSON string', compact, JSON.stringify(compact), 'body_quoted'],
    ['given as a printed Buffer', compact, JSON.stringify(Buffer.from(compact)), 'body_stringified'],
    ['given as numbers', text, String(new Uint8Array(body)), 'body_stringified'],
    ['given as hexadecimal text', text, Buffer.from(text).toString('hex'), 'body_stringified'],
    ["given as Python's b''", text, `b'${text}'`, 'body_stringified'],
    ['given percent-encoded', text, encodeURIComponent(text), 'body_form_decoded'],
    ['whose form was decoded', 'note=bodymark+one&x=%C3%A9%2F', 'note=bodymark one&x=é/', 'body_form_decoded'],
    [
      'whose form has other escapes',
      'note=bodymark%20(one)&x=%2f',
      'note=bodymark+%28one%29&x=%2F',
      'body_form_decoded',
    ],
    ['whose form became JSON', 'note=bodymark+one&x=%C3%A9', '{"note":"bodymark one","x":"é"}', 'body_form_decoded'],
    ['of which one form field was given', `payload=${encodeURIComponent(text)}`, text, 'body_form_field'],
    [
      'read as Latin-1',
      bytes(compact.replace('€', '')),
      Buffer.from(compact.replace('€', '')).toString('latin1'),
      'body_charset',
    ],
    ['read as Windows-1252', bytes('{"note":"bodymark €"}'), '{"note":"bodymark â‚¬"}', 'body_charset'],
    ['written as Latin-1', '{"note":"bodymark é"}', Buffer.from('{"note":"bodymark é"}', 'latin1'), 'body_charset'],
  ];
  for (const [title, signed, given, code] of rows) {
    it(`${title} are explained by ${code}`, async () => {
      await expectProved(explain(damaged(signed, given), R, K1), code);
    });
  }

  it.skipIf(typeof CompressionStream === 'undefined')('given compressed are explained by body_compressed', async () => {
    const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
    const packed = new Uint8Array(await new Response(stream).arrayBuffer());
    await expectProved(explain(damaged(text, packed), R, K1), 'body_compressed');
  });

  it('that were parsed or converted to text are explained, by proof if something is left of them', async () => {
    const { headers } = damaged(text, text);
    for (const given of [text, JSON.parse(text), body.slice().buffer]) {
      await expectProved(explain({ headers, body: given as never }, R, K1), 'body_not_raw');
    }
    const spaced = damaged(text.replaceAll(':', ': '), text).headers;
    await expectProved(explain({ headers: spaced, body: JSON.parse(text) }, R, K1), 'body_not_raw');
    await expectLikely(explain({ headers, body: undefined as never }, R, K1), 'body_not_raw');
  });

  it('that lost bytes when converted to text are explained by the remaining ones', async () => {
    await expectLikely(
      explain(damaged(Buffer.from('{"note":"bodymark é"}', 'latin1'), '{"note":"bodymark \ufffd"}'), R, K1),
      'body_lossy_utf8',
    );
  });

  it('that are empty are explained, unless the sender sent none', async () => {
    await expectLikely(explain(damaged(text, ''), R, K1), 'body_empty');
    const { headers } = damaged(text, '');
    await expectUnexplained(explain({ headers: { ...headers, 'content-length': '0' }, body: bytes('') }, R, K1));
  });

  it('of another length than announced are explained by that', async () => {
    const withLength = (given: string) => ({
      body: bytes(given),
      headers: { ...damaged('lost', given).headers, 'content-length': '60' },
    });
    await expectLikely(explain(withLength('{"note":"bodymark'), R, K1), 'body_truncated');
    await expectLikely(explain(withLength(text), R, K1), 'body_reserialised');
    await expectLikely(explain(withLength('{ "note":"bodymark"}'), R, K1), 'body_changed');
  });

  it('with a Content-Encoding that was undone on the way are explained by the header', async () => {
    const { headers } = damaged(text, text);
    await expectProved(
      explain({ headers: { ...headers, 'content-encoding': 'gzip' }, body }, R, K1),
      'content_encoding',
    );
  });

  it('are never blamed if a bearer token signs none', async () => {
    const bearer = defineProvider({ name: 'b', scheme: sharedToken({ token: { header: 'x-token' } }) });
    for (const given of ['', '{"note":"\ufffd"}', `${text}\n`]) {
      await expectUnexplained(
        explain({ headers: { 'x-token': 'f'.repeat(32), 'content-length': '9' }, body: bytes(given) }, bearer, K1),
      );
    }
  });
});

describe('secrets', () => {
  const delivery = damaged(text, text);
  const rows: readonly (readonly [title: string, signedWith: string | Uint8Array, given: SecretInput, CauseCode])[] = [
    ['with a newline', K1, `${K1}\n`, 'secret_whitespace'],
    ['with a space inside', K1, `${K1.slice(0, 9)} ${K1.slice(9)}`, 'secret_whitespace'],
    ['with \\n as two letters', K1, `${K1}\\n`, 'secret_whitespace'],
    ['in quotes', K1, `"${K1}"`, 'secret_quoted'],
    ['with the name of the variable', K1, `WEBHOOK_SECRET=${K1}`, 'secret_quoted'],
    ['without their prefix', `whsec_${K1}`, K1, 'secret_prefix'],
    ['with a prefix that is not used', K1, `whsec_${K1}`, 'secret_prefix'],
    [
      'decoded from base64 by the sender',
      Buffer.from(K1Base64.slice(6), 'base64'),
      K1Base64.slice(6),
      'secret_encoding',
    ],
    ['decoded from hexadecimal by the sender', Buffer.from(K1, 'hex'), K1, 'secret_encoding'],
    ['decoded by the user', Buffer.from(K1).toString('base64'), Buffer.from(K1), 'secret_encoding'],
    ['in capitals', K1, K1.toUpperCase(), 'secret_case'],
    ['percent-encoded', `${K1}+/=`, encodeURIComponent(`${K1}+/=`), 'secret_url_encoded'],
  ];
  for (const [title, signedWith, given, code] of rows) {
    it(`${title} are explained by ${code}`, async () => {
      const mac = createHmac('sha256', signedWith).update(text).digest('hex');
      await expectProved(explain({ headers: { 'x-sig': mac }, body }, R, given), code);
    });
  }

  it('of another endpoint are named by their names, those of test and live by another code', async () => {
    const other = await expectProved(explain(delivery, R, K2, { otherSecrets: { billing: K1 } }), 'other_secret');
    expect(other.causes[0]?.at).toBe('otherSecrets.billing');
    for (const name of ['STRIPE_TEST_SECRET', 'liveSecret', 'sandbox']) {
      await expectProved(explain(delivery, R, K2, { otherSecrets: { a: `${K2}x`, [name]: K1 } }), 'other_mode');
    }
    await expectProved(
      explain(delivery, R, K2, { otherSecrets: { billing: `${K1}\n` } }),
      'other_secret',
      'secret_whitespace',
    );
  });

  it('outside their validity are explained by it', async () => {
    const ended = { id: 'old', value: K1, notAfter: new Date((now - 1) * 1000) };
    const { causes } = await expectProved(explain(delivery, R, [K2, ended]), 'secret_inactive');
    expect(causes[0]?.at).toBe('secrets[1]');
  });

  it('under another id than the delivery names are explained by the id', async () => {
    const provider = described({ keyId: { header: 'x-key' } });
    const named = { ...delivery, headers: { ...delivery.headers, 'x-key': 'k1' } as Record<string, string> };
    await expectProved(explain(named, provider, [{ id: 'k2', value: K1 }]), 'secret_id');
  });

  it('that a receiver refuses are explained, by proof if they made the signature', async () => {
    const short = sign('short', text).toString('hex');
    await expectProved(explain({ headers: { 'x-sig': short }, body }, R, 'short'), 'secret_refused');
    await expectLikely(explain(delivery, R, 'brief'), 'secret_refused');
    await expectLikely(explain(delivery, R, 'changeme'), 'secret_placeholder');
    await expectLikely(explain(delivery, R, undefined), 'secret_missing');
    await expectLikely(explain(delivery, R, ''), 'secret_missing');
  });

  it('behind a resolver are requested and tried', async () => {
    await expectProved(
      explain(delivery, R, () => `${K1}\n`),
      'secret_whitespace',
    );
    const failing = () => {
      throw new Error('down');
    };
    await expectLikely(explain(delivery, R, failing), 'key_unavailable');
  });
});

describe('headers', () => {
  const mac = sign(K1, text).toString('hex');

  it('of another name are found', async () => {
    const names = ['HTTP_X_SIG', 'x-original-x-sig', 'acme-signature', 'authorization', 'x-strange'];
    for (const name of names) await expectProved(explain({ headers: { [name]: mac }, body }, R, K1), 'header_renamed');
    const svix = Object.fromEntries(
      Object.entries(standardHeaders(`v1,${sign(K1, 'msg_1.', String(now), '.', body).toString('base64')}`)).map(
        ([name, value]) => [name.replace('webhook', 'svix'), value],
      ),
    );
    const found = await expectProved(explain({ headers: svix, body }, S, K1Base64), 'header_renamed');
    expect(found.causes[0]?.at).toBe('svix-signature');
  });

  it('that are missing are named, together with one of nearly the same name', async () => {
    const missing = await expectLikely(explain({ headers: {}, body }, R, K1), 'header_missing');
    expect(missing.causes[0]?.at).toBe('x-sig');
    await expectLikely(
      explain({ headers: { x_sig: 'f'.repeat(64) }, body }, R, K1),
      'header_renamed',
      'header_missing',
    );
  });

  it('that are repeated are found, separate or joined', async () => {
    const headers = [
      ['x-sig', 'f'.repeat(64)],
      ['X-Sig', mac],
    ] as const;
    await expectProved(explain({ headers, body }, R, K1), 'header_repeated');
    await expectProved(explain({ headers: { 'x-sig': `${mac}, ${mac}` }, body }, R, K1), 'header_repeated');
    const list = signT(K1, now, body);
    await expectProved(explain({ headers: { 'x-sig': `${list}, ${list}` }, body }, T, K1), 'header_repeated');
    const forged = [headers[0], ['x-sig', 'e'.repeat(64)]] as const;
    await expectLikely(explain({ headers: forged, body }, R, K1), 'header_repeated');
  });

  it('whose value was changed are repaired', async () => {
    const base64 = described({ signature: { header: 'x-sig', encoding: 'base64' } });
    const value = sign(K1, text).toString('base64');
    for (const changed of [` ${value} `, `"${value}"`, encodeURIComponent(value)]) {
      await expectProved(explain({ headers: { 'x-sig': changed }, body }, base64, K1), 'header_altered');
    }
    const list = signT(K1, now, body).replace(',', ' , ');
    await expectProved(explain({ headers: { 'x-sig': list }, body }, T, K1), 'header_altered');
  });

  it('with another version, prefix, encoding or hash are read as they are', async () => {
    const list = signT(K1, now, body).replace('v1=', 'v0=');
    const found = await expectProved(explain({ headers: { 'x-sig': list }, body }, T, K1), 'other_version');
    expect(found.causes[0]?.what).toContain('v0');
    const v0 = described({ signature: { header: 'x-sig', encoding: 'hex', prefix: 'v0=' } });
    await expectProved(explain({ headers: { 'x-sig': `v1=${mac}` }, body }, v0, K1), 'other_version');
    await expectProved(explain({ headers: { 'x-sig': mac }, body }, prefixedR, K1), 'signature_prefix');
    await expectProved(explain({ headers: { 'x-sig': `sha256=${mac}` }, body }, R, K1), 'signature_prefix');
    for (const encoding of ['base64', 'base64url'] as const) {
      const value = sign(K1, text).toString(encoding);
      await expectProved(explain({ headers: { 'x-sig': value }, body }, R, K1), 'signature_encoding');
    }
    for (const hash of ['sha1', 'sha512']) {
      const value = createHmac(hash, K1).update(text).digest('hex');
      await expectProved(explain({ headers: { 'x-sig': value }, body }, R, K1), 'other_hash');
      await expectProved(explain({ headers: { 'x-sig': `${hash}=${value}` }, body }, prefixedR, K1), 'other_hash');
    }
    const guarded = described({ guards: { 'x-version': '1' } });
    await expectProved(explain({ headers: { 'x-sig': mac, 'x-version': '2' }, body }, guarded, K1), 'other_version');
  });

  it("made over another text than the description's are explained by it", async () => {
    const timed = described({
      timestamp: { header: 'x-time', unit: 'seconds' },
      signs: ['timestamp', { text: '.' }, 'body'],
    });
    const headers = { 'x-sig': mac, 'x-time': String(now) };
    await expectProved(explain({ headers, body }, timed, K1), 'signed_text');
  });

  it('that another preset reads are explained by that preset', async () => {
    const headers = { 'x-sig': signT(K1, now, body) };
    const { causes } = await expectProved(
      explain({ headers, body }, R, K1, { otherProviders: [S, T] }),
      'other_provider',
    );
    expect(causes[0]?.at).toBe('t');
  });
});

describe('times', () => {
  const timed = (unit: 'seconds' | 'milliseconds') =>
    described({ timestamp: { header: 'x-time', unit }, signs: ['timestamp', { text: '.' }, 'body'] });
  const at = (time: number | string, shown: number | string = time) => ({
    headers: { 'x-sig': sign(K1, `${time}.`, body).toString('hex'), 'x-time': String(shown) },
    body,
  });

  it('outside the window are named with their distance', async () => {
    const old = await expectProved(explain(at(now - 1500), timed('seconds'), K1), 'timestamp_too_old');
    expect(old.causes[0]?.what).toContain('25 minutes');
    const early = await expectProved(explain(at(now + 1500), timed('seconds'), K1), 'timestamp_too_new');
    expect(early.causes[0]?.fix).toContain('clock');
    const zone = await expectProved(explain(at(now - 7200), timed('seconds'), K1), 'timestamp_too_old');
    expect(zone.causes[0]?.fix).toContain('time zone');
    const narrow = await explain(at(now - 8), timed('seconds'), K1, { toleranceSeconds: 5 });
    expect(narrow.causes[0]?.fix).toContain('toleranceSeconds to at least 8');
  });

  it('that are a retry of this sender with its first signature are not called a time zone', async () => {
    const retried = (resigns?: boolean) => ({
      ...timed('seconds'),
      retries: { delaysSeconds: [300, 3300], ...(resigns !== undefined && { resigns }) },
    });
    const fixOf = async (provider: Provider) => (await explain(at(now - 3610), provider, K1)).causes[0]?.fix;
    expect(await fixOf(retried())).toMatch(/a retry of this sender.*toleranceSeconds to at least 3610/);
    expect(await fixOf(retried(false))).toContain('a retry of this sender');
    // A sender that signs each retry again sends none that is an hour old.
    expect(await fixOf(retried(true))).toContain('time zone');
    const { causes } = await explain(at(now - 7200), retried(), K1);
    expect(causes[0]?.fix).toContain('time zone');
  });

  it('come second if something else was changed too', async () => {
    const stored = { ...at(now - 9999), body: bytes(`${text}\n`) };
    await expectProved(explain(stored, timed('seconds'), K1), 'body_trailing_newline', 'timestamp_too_old');
  });

  it('in another unit are found, whether the sender or the user wrote it', async () => {
    await expectProved(explain(at(`${now}000`), timed('seconds'), K1), 'timestamp_unit');
    await expectProved(explain(at(now), timed('milliseconds'), K1), 'timestamp_unit');
    await expectProved(explain(at(now, `${now}000`), timed('seconds'), K1), 'timestamp_unit');
    await expectProved(explain(at(`${now}000`, now), timed('milliseconds'), K1), 'timestamp_unit');
    const iso = clock().toISOString().replace('.000', '');
    await expectProved(explain(at(iso), timed('seconds'), K1), 'timestamp_unit');
    const list = signT(K1, now, body).replace(`t=${now}`, `t=${now}000`);
    await expectProved(explain({ headers: { 'x-sig': list }, body }, T, K1), 'timestamp_unit');
  });

  it('explain nothing if the signature is forged as well', async () => {
    await expectUnexplained(explain({ ...at(now - 9999), body: bytes('forged') }, timed('seconds'), K1));
  });
});

describe('URLs', () => {
  const provider = described({ signs: ['method', 'url', 'body'] });
  const deliver = (signed: string, url: string, headers: Record<string, string> = {}, method = 'POST'): Delivery => ({
    headers: { 'x-sig': sign(K1, `POST${signed}`, body).toString('hex'), ...headers },
    body,
    url,
    method,
  });
  const publicUrl = 'https://example.com';
  const rows: readonly (readonly [
    title: string,
    signed: string,
    url: string,
    publicUrl: string,
    headers: Record<string, string>,
    CauseCode,
  ])[] = [
    ['with a slash more', `${publicUrl}/hook`, '/hook/', publicUrl, {}, 'url_trailing_slash'],
    ['with a slash less', `${publicUrl}/hook/?a=1`, '/hook?a=1', publicUrl, {}, 'url_trailing_slash'],
    ['without the slash of the root', publicUrl, '/', publicUrl, {}, 'url_trailing_slash'],
    ['with a port', `${publicUrl}/hook`, '/hook', `${publicUrl}:8443`, {}, 'url_port'],
    ['without a port', `${publicUrl}:443/hook`, '/hook', publicUrl, {}, 'url_port'],
    ['by http', `${publicUrl}/hook`, '/hook', 'http://example.com', {}, 'url_protocol'],
    ['by https', 'http://example.com/hook', '/hook', publicUrl, {}, 'url_protocol'],
    [
      'of an inner host',
      `${publicUrl}/hook`,
      '/hook',
      'https://10.0.0.1',
      { 'x-forwarded-host': 'example.com' },
      'url_host',
    ],
    ['without www', 'https://www.example.com/hook', '/hook', publicUrl, {}, 'url_host'],
    [
      'without the path of a mount',
      `${publicUrl}/api/hook?a=1`,
      '/hook?a=1',
      publicUrl,
      { 'x-original-url': '/api/hook?a=1' },
      'url_path',
    ],
    [
      'without their query',
      `${publicUrl}/hook?a=1`,
      '/hook',
      publicUrl,
      { 'x-original-uri': '/hook?a=1' },
      'url_query',
    ],
    ['with a query that is not signed', `${publicUrl}/hook`, '/hook?a=1', publicUrl, {}, 'url_query'],
    ['with a query in another order', `${publicUrl}/hook?b=2&a=1`, '/hook?a=1&b=2', publicUrl, {}, 'url_query'],
  ];
  for (const [title, signed, url, origin, headers, code] of rows) {
    it(`${title} are explained by ${code}`, async () => {
      await expectProved(explain(deliver(signed, url, headers), provider, K1, { publicUrl: origin }), code);
    });
  }

  it('that nothing states are built from the request', async () => {
    const found = explain(deliver(`${publicUrl}/hook`, '/hook', { host: 'example.com' }), provider, K1);
    await expectProved(found, 'url_unknown');
    await expectLikely(explain(deliver(`${publicUrl}/hook`, '/hook'), provider, K1), 'url_unknown');
  });

  it('with another method are explained by it', async () => {
    const changed = deliver(`${publicUrl}/hook`, '/hook', {}, 'GET');
    await expectProved(explain(changed, provider, K1, { publicUrl }), 'method');
    await expectProved(explain({ ...damaged(text, text), method: 'PUT' }, R, K1), 'method');
  });

  it('explain nothing if the signature is forged', async () => {
    const forged = { ...deliver(`${publicUrl}/hook`, '/hook/', { host: 'example.com' }), body: bytes('forged') };
    await expectUnexplained(explain(forged, provider, K1, { publicUrl }));
  });
});

describe('other kinds of schemes', () => {
  const pair = generateKeyPairSync('ed25519');
  const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const otherPem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const signEd = (content: string) => signWith(null, Buffer.from(content), pair.privateKey);

  it('by public keys are explained by body, key, encoding and time', async () => {
    const provider = defineProvider<object, 'keys'>({
      name: 'p',
      scheme: publicKey({
        algorithm: { name: 'Ed25519' },
        signature: { header: 'x-sig', encoding: 'hex' },
        timestamp: { header: 'x-time', unit: 'seconds' },
        signs: ['timestamp', 'body'],
      }),
    });
    const signature = signEd(now + text);
    const headers = { 'x-sig': signature.toString('hex'), 'x-time': String(now) };
    const run = (delivery: Delivery, keys: string, options: DiagnoseOptions = {}) =>
      explain(delivery, provider, undefined, { keys, ...options });
    expect((await run({ headers, body }, pem)).verdict).toBe('verifies');
    await expectProved(run({ headers, body: bytes(`${text}\n`) }, pem), 'body_trailing_newline');
    await expectProved(run({ headers, body }, pem.replaceAll('\n', '\\n')), 'key_line_breaks');
    await expectProved(run({ headers, body }, otherPem, { otherSecrets: { sandbox: pem } }), 'other_mode');
    const base64 = { ...headers, 'x-sig': signature.toString('base64') };
    await expectProved(run({ headers: base64, body }, pem), 'signature_encoding');
    await expectProved(
      run({ headers, body }, pem, { clock: () => new Date((now + 9000) * 1000) }),
      'timestamp_too_old',
    );
    await expectUnexplained(run({ headers, body: bytes('forged') }, pem));
  });

  it('by a stored token are explained by header, word and secret', async () => {
    const provider = defineProvider({
      name: 'b',
      scheme: sharedToken({ token: { header: 'authorization', scheme: 'Bearer' } }),
    });
    const run = (headers: Record<string, string>, secret: string = K1) => explain({ headers, body }, provider, secret);
    expect((await run({ authorization: `Bearer ${K1}` })).verdict).toBe('verifies');
    await expectProved(run({ authorization: K1 }), 'token_scheme');
    await expectProved(run({ authorization: `Token ${K1}` }), 'token_scheme');
    await expectProved(run({ 'x-auth-token': `Bearer ${K1}` }), 'header_renamed');
    await expectProved(run({ authorization: `Bearer ${K1}` }, `${K1} `), 'secret_whitespace');
    await expectUnexplained(run({ authorization: `Bearer ${'f'.repeat(32)}` }));
  });

  const encode = (value: object | string) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

  it('by a token with claims are explained by secret, header and time', async () => {
    const provider = defineProvider({
      name: 'j',
      scheme: jwt({ token: { header: 'authorization', scheme: 'Bearer' }, algorithms: ['HS256'] }),
    });
    const signed = `${encode({ alg: 'HS256' })}.${encode({ exp: now + 60 })}`;
    const token = `${signed}.${createHmac('sha256', K1).update(signed).digest('base64url')}`;
    const run = (authorization: string, secret: string, options: DiagnoseOptions = {}) =>
      explain({ headers: { authorization }, body }, provider, secret, options);
    expect((await run(`Bearer ${token}`, K1)).verdict).toBe('verifies');
    await expectProved(run(`Bearer ${token}`, `"${K1}"`), 'secret_quoted');
    await expectProved(run(token, K1), 'token_scheme');
    const late = { clock: () => new Date((now + 9000) * 1000) };
    await expectProved(run(`Bearer ${token}`, K1, late), 'timestamp_too_old');
    await expectUnexplained(run(`Bearer ${token}`, K2));
    const inBody = defineProvider({ name: 'j', scheme: jwt({ token: 'body', algorithms: ['HS256'] }) });
    const stored = explain({ headers: {}, body: bytes(token) }, inBody, K1, late);
    await expectProved(stored, 'timestamp_too_old');
  });

  it('by a detached JWS are explained by the body', async () => {
    const provider = defineProvider<object, 'keys'>({
      name: 'jws',
      scheme: detachedJws({ header: 'x-jws', algorithms: ['EdDSA'] }),
    });
    const head = encode({ alg: 'EdDSA' });
    const jws = `${head}..${signEd(`${head}.${encode(text)}`).toString('base64url')}`;
    const run = (given: string) =>
      explain({ headers: { 'x-jws': jws }, body: bytes(given) }, provider, undefined, { keys: pem });
    expect((await run(text)).verdict).toBe('verifies');
    await expectProved(run(JSON.stringify(JSON.parse(text), null, 2)), 'body_reserialised');
    await expectUnexplained(run('forged'));
  });

  it('by HTTP message signatures are explained by body, time and secret', async () => {
    const provider = defineProvider({
      name: 'h',
      scheme: httpSignature({ algorithm: 'hmac-sha256', components: ['content-digest'] }),
    });
    const digest = `sha-256=:${createHash('sha256').update(text).digest('base64')}:`;
    const input = `("content-digest");created=${now};keyid="k1"`;
    const mac = sign(K1, `"content-digest": ${digest}\n"@signature-params": ${input}`).toString('base64');
    const headers = { 'content-digest': digest, 'signature-input': `sig=${input}`, signature: `sig=:${mac}:` };
    const run = (given: string, secrets: SecretInput, options: DiagnoseOptions = {}) =>
      explain({ headers, body: bytes(given), url: '/hook' }, provider, secrets, options);
    expect((await run(text, K1)).verdict).toBe('verifies');
    await expectProved(run(`${text}\n`, K1), 'body_trailing_newline');
    await expectProved(run(text, `${K1}\n`), 'secret_whitespace');
    await expectProved(run(text, [{ id: 'k2', value: K1 }]), 'secret_id');
    await expectProved(run(text, K1, { clock: () => new Date((now + 9000) * 1000) }), 'timestamp_too_old');
    await expectUnexplained(run('forged', K1));
  });
});
