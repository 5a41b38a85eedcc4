import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeBody, parseBody, parseHead, parseTime, UnreadableText } from '../src/request-text.ts';
import { visibleRuns } from '../src/visible-text.ts';

const encode = (text: string) => new TextEncoder().encode(text);

describe('pasted headers', () => {
  it('are read as lines, with any line ends', () => {
    const pairs = [
      ['A', '1'],
      ['b-c', 'x: y'],
    ];
    for (const end of ['\n', '\r\n', '\r']) expect(parseHead(`A: 1${end}b-c:  x: y  ${end}`).headers).toEqual(pairs);
    expect(parseHead('\ufeff\n\nA: 1').headers).toEqual([['A', '1']]);
    expect(parseHead('  \n ').headers).toEqual([]);
  });

  it('are read as JSON: an object, arrays of values, pairs, names and values', () => {
    expect(parseHead('{"A":"1","b":["2","3"],"c":4}').headers).toEqual([
      ['A', '1'],
      ['b', '2'],
      ['b', '3'],
      ['c', '4'],
    ]);
    expect(parseHead('[["A","1"]]').headers).toEqual([['A', '1']]);
    expect(parseHead('[{"name":"A","value":"1"}]').headers).toEqual([['A', '1']]);
  });

  it('of a raw request include the request line and the body, with its original line ends', () => {
    expect(parseHead('POST /a?b HTTP/1.1\r\nA: 1\r\n\r\n{\r\n}\r\n')).toEqual({
      method: 'POST',
      target: '/a?b',
      headers: [['A', '1']],
      rest: '{\r\n}\r\n',
    });
    expect(parseHead('A: 1\n\nbody')).toEqual({ headers: [['A', '1']], rest: 'body' });
    expect(parseHead('A: 1\n\n')).toEqual({ headers: [['A', '1']] });
  });

  it.each(['no colon', 'A: 1\nsecond', 'a b: 1', ': 1', '{"A":', '{"A":{}}', '[1]', '[null]'])(
    'are refused with a message if they are invalid: %s',
    (text) => {
      expect(() => parseHead(text)).toThrow(UnreadableText);
    },
  );

  it('yield headers or a refusal, never anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          for (const [name, value] of parseHead(text).headers)
            expect([typeof name, typeof value]).toEqual(['string', 'string']);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableText);
        }
      }),
    );
  });
});

describe('a body', () => {
  it('is parsed from text, base64, base64url and hexadecimal', () => {
    expect(parseBody('ü', 'text')).toEqual(encode('ü'));
    expect(parseBody(' +/\n8= ', 'base64')).toEqual(new Uint8Array([0xfb, 0xff]));
    expect(parseBody('-_8', 'base64')).toEqual(new Uint8Array([0xfb, 0xff]));
    expect(parseBody('0a FF', 'hex')).toEqual(new Uint8Array([10, 255]));
    for (const [text, form] of [
      ['?', 'base64'],
      ['abc', 'hex'],
      ['zz', 'hex'],
    ] as const)
      expect(() => parseBody(text, form), text).toThrow(UnreadableText);
  });

  it('survives each encoding, whatever its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(parseBody(Buffer.from(bytes).toString('base64'), 'base64')).toEqual(bytes);
        expect(parseBody(Buffer.from(bytes).toString('hex'), 'hex')).toEqual(bytes);
      }),
    );
  });

  it('is described by its invisible parts', () => {
    expect(describeBody(encode(''))).toBe('Empty.');
    expect(describeBody(encode('a'))).toBe('1 byte.');
    expect(describeBody(encode('\ufeffa\r\nb\n'))).toBe(
      '8 bytes, begins with a byte order mark, line ends are CRLF, ends with a line end.',
    );
    expect(describeBody(new Uint8Array([0xff]))).toBe('1 byte, is not UTF-8.');
  });

  it('is shown with a mark for everything invisible', () => {
    const marks = (bytes: Uint8Array) => visibleRuns(bytes).runs.flatMap(({ text, isMark }) => (isMark ? [text] : []));
    expect(marks(encode('a\r\n\t\ufeff\u200b\u0000b'))).toEqual(['CR', 'LF', 'TAB', 'BOM', 'U+200B', 'U+0000']);
    expect(marks(encode('plain ü 東'))).toEqual([]);
    expect(marks(new Uint8Array([97, 0xff, 98]))).toEqual(['\\xff']);
  });

  it('is cut when long, never inside a character, and says how much is left out', () => {
    const { runs, leftOut } = visibleRuns(encode('ü'.repeat(10)), 5);
    expect(runs).toEqual([{ text: 'üü', isMark: false }]);
    expect(leftOut).toBe(15);
  });
});

describe('a time', () => {
  it('is parsed from ISO 8601, seconds and milliseconds; empty means now', () => {
    const time = new Date('2026-11-21T09:00:00Z');
    for (const text of ['2026-11-21T09:00:00Z', String(time.getTime() / 1000), ` ${time.getTime()} `])
      expect(parseTime(text)).toEqual(time);
    expect(parseTime('')).toBeUndefined();
    expect(() => parseTime('soon')).toThrow(UnreadableText);
  });
});
