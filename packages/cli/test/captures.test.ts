/** The readers of captures are held against the programs that make them: bash, curl, and Node's own HTTP client. */

import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCurl } from '../src/captures/curl.ts';
import { parseHar } from '../src/captures/har.ts';
import { parseHeaderFile } from '../src/captures/header-file.ts';
import { parseRawHttp } from '../src/captures/raw-http.ts';
import { ShellWordsError, splitShellWords } from '../src/captures/shell-words.ts';
import { CliFailure } from '../src/frame/failure.ts';
import { har } from './captures-written.ts';

const runs = Number(process.env.FAST_CHECK_RUNS ?? 2000);
const bytes = (text: string) => Buffer.from(text, 'latin1');
const noFile = async (): Promise<Uint8Array> => {
  throw new CliFailure('file_unreadable', 'no file is read here');
};

/** What bash makes of the words, as bytes with one character each. */
function wordsByBash(text: string): readonly string[] {
  const script = Buffer.from(`printf '%s\\0' ${text}`, 'latin1');
  const output = execFileSync('bash', ['-s'], { input: script, env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  return output.toString('latin1').split('\0').slice(0, -1);
}

describe('shell words', () => {
  test.each([
    `curl -X POST 'https://example.com/a?b=1&c=2' -H 'A: b'`,
    `a\\ b "c d" 'e f' g"h"'i'\\j ""  ''`,
    `"quoted \\" \\\\ \\n \\\nend" 'it'\\''s'`,
    `$'tab\\there' $'\\x41\\x42\\u00e9\\U0001F600\\101\\0067' $'\\'\\"\\\\\\?' $'\\a\\b\\e\\E\\f\\v\\cA' $'\\z\\8'`,
    `$'\\xff\\xfe' caf\u00c3\u00a9 $"plain"`,
    'one \\\n  two \\\n three',
    'a=b #c # a comment',
    'x;',
    'x ; ',
  ])('are those of bash: %j', (text) => {
    expect(splitShellWords(text)).toEqual(wordsByBash(text));
  });

  test('are those of bash for generated quoting', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'ab :/?=%\\\'"$\t{}é'.split('')), maxLength: 12 });
    const single = plain.map((text) => `'${text.replaceAll("'", "'\\''")}'`);
    const double = plain.map((text) => `"${text.replace(/["\\$`]/g, '\\$&')}"`);
    const ansi = plain.map((text) => `$'${text.replace(/['\\]/g, '\\$&').replaceAll('\t', '\\t')}'`);
    const word = fc
      .array(fc.oneof(single, double, ansi), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const text = Buffer.from(words.join(' ')).toString('latin1');
        expect(splitShellWords(text)).toEqual(wordsByBash(text));
      }),
      // Each starts a shell.
      { numRuns: Math.ceil(runs / 30) },
    );
  });

  test('put the two halves together that browsers write for one character', () => {
    expect(splitShellWords(`$'\\ud83d\\ude00'`)).toEqual([Buffer.from('😀').toString('latin1')]);
  });

  test.each([
    'curl $HOME',
    'curl "a $(date) b"',
    'curl `date`',
    'curl a | sh',
    'curl a > b',
    'curl a && rm b',
    'curl a\ncurl b',
    `curl 'open`,
    `curl "open`,
    `curl $'open`,
    'curl a\\',
    `curl $'\\U110000'`,
  ])('refuse what only a shell could do: %j', (text) => {
    expect(() => splitShellWords(text)).toThrow(ShellWordsError);
  });
});

test('whatever a file holds, its reader gives a request or says what is wrong', async () => {
  const pieces = fc.constantFrom(
    ...['curl ', "'", '"', "$'", '\\', '-H ', '-d ', '\r\n', '\n\n', ': ', 'POST / HTTP/1.1', '{"log":{"entries":['],
    ...[
      '{"request":',
      'null',
      ']}}',
      '}',
      '[',
      'Transfer-Encoding: chunked',
      'Content-Length: 3',
      '0\r\n\r\n',
      '\u00ff',
      '\0',
    ],
  );
  const content = fc
    .array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 14 })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(content, async (text) => {
      const file = Buffer.from(text, 'latin1');
      const readers = [
        () => parseRawHttp(file, 'it'),
        () => parseHar(file, 'it', undefined),
        () => parseHeaderFile(file, 'it'),
        () => parseCurl(file, 'it', noFile),
      ];
      for (const read of readers) {
        const outcome = await (async () => read())().catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(CliFailure);
      }
    }),
    { numRuns: runs },
  );
});

/** Takes one request over the wire and answers it. */
const received: Buffer[] = [];
const server = createServer((socket) => {
  const chunks: Buffer[] = [];
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    const whole = Buffer.concat(chunks);
    const isChunked = /transfer-encoding: chunked/i.test(whole.toString('latin1'));
    const length = Number(/content-length: (\d+)/i.exec(whole.toString('latin1'))?.[1] ?? 0);
    const end = whole.indexOf('\r\n\r\n');
    if (end < 0 || (isChunked ? !whole.includes('0\r\n\r\n') : whole.length < end + 4 + length)) return;
    received.push(whole);
    socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
  });
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());
const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const binary = Buffer.from(Array.from({ length: 700 }, (_, place) => (place * 31) % 256));

describe('raw requests', () => {
  test.each([
    ['with a Content-Length', false],
    ['in chunks', true],
  ])("are read as Node's own client sends them %s", async (_, isChunked) => {
    received.length = 0;
    await new Promise<void>((resolve, reject) => {
      const headers = { 'x-test': 'one', ...(isChunked ? {} : { 'content-length': binary.length }) };
      const client = request(`${origin()}/hook?a=1`, { method: 'POST', headers }, (response) => {
        response.resume().on('end', resolve);
      });
      client.on('error', reject);
      client.write(binary.subarray(0, 300));
      client.end(binary.subarray(300));
    });
    const { method, url, headers, body, notes } = parseRawHttp(received[0] as Buffer, 'it');
    expect({ method, url, notes }).toEqual({ method: 'POST', url: '/hook?a=1', notes: [] });
    expect(headers).toContainEqual(['x-test', 'one']);
    expect(Buffer.from(body).equals(binary)).toBe(true);
  });

  const head = 'POST / HTTP/1.1\r\nHost: a\r\n';
  test('leave out what stands behind the body, and say so', () => {
    const { body, notes } = parseRawHttp(bytes(`${head}Content-Length: 2\r\n\r\nab\n`), 'it');
    expect(Buffer.from(body).toString()).toBe('ab');
    expect(notes).toEqual([expect.stringContaining('1 byte after the end of the body')]);
  });

  test('take everything for the body where nothing says its length, and say so', () => {
    const { body, notes } = parseRawHttp(bytes(`${head}\r\na\r\n\r\nb`), 'it');
    expect(Buffer.from(body).toString()).toBe('a\r\n\r\nb');
    expect(notes).toEqual([expect.stringContaining('no Content-Length')]);
  });

  test('are read with the line ends of an editor', () => {
    const { headers, body } = parseRawHttp(bytes('POST / HTTP/1.1\nA: 1\nContent-Length: 3\n\na\r\n'), 'it');
    expect(headers).toEqual([
      ['A', '1'],
      ['Content-Length', '3'],
    ]);
    expect(Buffer.from(body).toString()).toBe('a\r\n');
  });

  test.each([
    ['no empty line', 'POST / HTTP/1.1\r\nA: 1\r\n', 'no empty line'],
    ['no request line', 'A: 1\r\n\r\nbody', 'request line'],
    ['a response', 'HTTP/1.1 200 OK\r\nA: 1\r\n\r\nbody', 'request line'],
    ['a folded header', `${head} folded\r\n\r\n`, 'line 3'],
    ['a body that is cut off', `${head}Content-Length: 5\r\n\r\nabc`, '5 bytes in Content-Length but has 3'],
    ['two lengths', `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 'not a number'],
    ['a length that is none', `${head}Content-Length: -1\r\n\r\nab`, 'not a number'],
    ['chunks that are cut off', `${head}Transfer-Encoding: chunked\r\n\r\n5\r\nabc`, 'truncated'],
    ['chunks without an end', `${head}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`, 'not in chunks'],
    ['no chunks', `${head}Transfer-Encoding: chunked\r\n\r\n{"a":1}`, 'not in chunks'],
    ['another encoding', `${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 'other than chunked'],
  ])('are refused with %s', (_, text, reason) => {
    expect(() => parseRawHttp(bytes(text), 'it')).toThrow(reason);
  });
});

describe('curl commands', () => {
  const hasCurl = spawnSync('curl', ['--version']).status === 0;
  const quoted = `$'${[...binary.subarray(1, 200)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'`;

  test.skipIf(!hasCurl)('mean the request that curl itself sends', async () => {
    const commands = [
      `curl -sS ORIGIN/plain`,
      `curl -s -S 'ORIGIN/a?b=1&c=2' -H 'X-One: 1' -H "X-Two:  two words " -H 'X-Empty;' -H 'User-Agent:'`,
      `curl ORIGIN/x -d 'a=1' -d "b=2" --data-raw '@c'`,
      `curl -sSXPUT ORIGIN/x -H 'Content-Type: application/json' --data-binary $'{\\n\\t"a": "\\u00e9\\x27" }\\r\\n'`,
      `curl --url ORIGIN/x --json '{"a":1}' --json '{"b":2}' -u 'name:pass word' -b 'a=b; c=d' -e https://ref.example -A agent/1`,
      `curl ORIGIN/x --data-binary ${quoted} \\\n  -H 'Content-Type: application/octet-stream' --compressed -m 5`,
      `curl ORIGIN/x --data-urlencode 'a=b c&d=é' --data-urlencode '=x~y' --data-urlencode 'plain +*' --data-urlencode 'a@b=c' -d z=1`,
      `curl ORIGIN/x -dshort -Hx-short:1 -o /dev/null`,
    ];
    for (const command of commands) {
      received.length = 0;
      const text = command.replaceAll('ORIGIN', origin());
      await new Promise<void>((resolve) => execFile('bash', ['-c', text], () => resolve()));
      const sent = parseRawHttp(received[0] as Buffer, 'sent');
      const meant = await parseCurl(Buffer.from(text), 'it', noFile);
      expect(Buffer.from(meant.body).equals(Buffer.from(sent.body)), command).toBe(true);
      expect(meant.method, command).toBe(sent.method);
      expect(meant.url, command).toBe(`${origin()}${sent.url}`);
      // curl adds headers of its own; those that the command names have to be the same.
      const ofCurl = /^(?:host|accept|accept-encoding|content-length|user-agent)$/i;
      const named = (headers: typeof sent.headers) =>
        headers
          .filter(([name, value]) => !ofCurl.test(name) || value === 'agent/1')
          .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
          .sort();
      expect(named(meant.headers), command).toEqual(named(sent.headers));
    }
  });

  test('read the file of an @, with and without its line ends', async () => {
    const read = async (path: string) => Buffer.from(path === 'body.txt' ? 'a\r\nb\n' : '');
    const bodyOf = async (option: string) =>
      Buffer.from((await parseCurl(bytes(`curl https://a.example ${option}`), 'it', read)).body).toString();
    expect(await bodyOf('--data-binary @body.txt')).toBe('a\r\nb\n');
    expect(await bodyOf('-d @body.txt')).toBe('ab');
    expect(await bodyOf('--data-raw @body.txt')).toBe('@body.txt');
    expect(await bodyOf('--data-urlencode n@body.txt')).toBe('n=a%0D%0Ab%0A');
    expect(await bodyOf('--data-urlencode @body.txt')).toBe('a%0D%0Ab%0A');
  });

  test('say where a body lost its bytes', async () => {
    const { notes } = await parseCurl(bytes(`curl https://a.example --data-raw $'\\ufffd'`), 'it', noFile);
    expect(notes).toEqual([expect.stringContaining('lost')]);
  });

  test.each([
    ['wget https://a.example', 'does not begin with curl'],
    ['curl', 'names no URL'],
    ['curl https://a.example https://b.example', 'two URLs'],
    ['curl https://a.example -F a=@b', '-F is not understood: curl makes up a new boundary'],
    ['curl https://a.example --form-string a=b', '--form-string is not understood: curl makes up a new boundary'],
    ['curl https://a.example -T body.json', '-T is not understood: its body is a file'],
    ['curl https://a.example -G -d a=b', '-G is not understood: it puts its data into the URL'],
    ['curl https://a.example --data-unknown a=b', '--data-unknown is not understood'],
    ['curl https://a.example -H', '-H has no value'],
    ['curl https://a.example -H novalue', 'without a colon'],
    ['curl https://a.example -H @file', 'are in a file'],
    ['curl https://a.example -d "$BODY"', 'only a shell can replace'],
    ['curl ^"https://a.example^" ^\r\n  -H ^"A: 1^"', 'copied for cmd.exe'],
    ['curl https://a.example | jq .', 'unquoted |'],
  ])('are refused: %s', async (text, reason) => {
    await expect(parseCurl(bytes(text), 'it', noFile)).rejects.toThrow(reason);
  });
});

describe('HAR files', () => {
  const written = (postData: object, headers = {}) => Buffer.from(har({ headers, body: Buffer.from('ab') }, postData));

  test('say in words that bytes were lost', () => {
    const lost = parseHar(written({ text: 'a\ufffd' }), 'it', 2);
    expect(lost.notes).toEqual([expect.stringContaining('U+FFFD'), expect.stringContaining('had 2 bytes')]);
  });

  test('say when the text cannot be what was sent', () => {
    expect(parseHar(written({ text: 'abc' }), 'it', 2).notes).toEqual([expect.stringContaining('its text has 3')]);
    expect(parseHar(written({ text: 'ab' }), 'it', 2).notes).toEqual([]);
  });

  test('leave out the pseudo-headers of HTTP/2 and know when the request was made', () => {
    const { headers, capturedAt, url, method } = parseHar(written({ text: 'ab' }, { A: '1' }), 'it', 2);
    expect(headers).toEqual([['A', '1']]);
    expect({ capturedAt, url, method }).toEqual({
      capturedAt: '2026-11-21T09:00:03.000Z',
      url: 'https://example.com/webhooks',
      method: 'POST',
    });
  });

  test('are asked for an entry where several could be meant', () => {
    const parsed = JSON.parse(written({ text: 'ab' }).toString());
    parsed.log.entries.push(parsed.log.entries[1]);
    const two = Buffer.from(JSON.stringify(parsed));
    expect(() => parseHar(two, 'it', undefined)).toThrow('2 POST https://example.com/webhooks, 3 POST');
    expect(() => parseHar(two, 'it', 4)).toThrow('no number 4');
    expect(Buffer.from(parseHar(two, 'it', 3).body).toString()).toBe('ab');
  });

  test.each([
    ['no JSON', Buffer.from('{"log": secret'), 'is not JSON'],
    ['not a HAR', Buffer.from('{"a":1}'), 'no log.entries'],
    ['nothing in it', Buffer.from('{"log":{"entries":[]}}'), 'has no request'],
    ['fields in place of a body', written({ params: [{ name: 'a', value: 'b' }] }), 'only as form fields'],
    ['no body where there was one', written({}), 'does not contain them'],
    ['base64 that is none', written({ text: '{}', encoding: 'base64' }), 'it is not'],
    ['an unknown encoding', written({ text: 'ab', encoding: 'rot13' }), 'unknown encoding: rot13'],
  ])('are refused with %s', (_, content, reason) => {
    expect(() => parseHar(content, 'it', undefined)).toThrow(reason);
  });
});

describe('header files', () => {
  test('keep repeated headers, and their order', () => {
    const { headers } = parseHeaderFile(bytes('A: 1\nb:2\nA:  3 \n\n'), 'it');
    expect(headers).toEqual([
      ['A', '1'],
      ['b', '2'],
      ['A', '3'],
    ]);
    expect(parseHeaderFile(bytes('{"a":["1","2"],"b":3}'), 'it').headers).toEqual([
      ['a', '1'],
      ['a', '2'],
      ['b', '3'],
    ]);
    expect(parseHeaderFile(bytes('[{"name":"a","value":"1"}]'), 'it').headers).toEqual([['a', '1']]);
  });

  test.each([
    ['nothing', '', 'has no headers'],
    ['a line without a colon', 'A: 1\nnonsense\n', 'line 2'],
    ['a body behind the headers', 'A: 1\n\n{"a":1}', 'pass the file as --raw'],
    ['broken JSON', '{"a":', 'begins like JSON'],
    ['JSON of another form', '{"a":{}}', 'object of headers'],
    ['pairs of another form', '[["a"]]', 'object of headers'],
  ])('are refused with %s', (_, text, reason) => {
    expect(() => parseHeaderFile(bytes(text), 'it')).toThrow(reason);
  });
});
