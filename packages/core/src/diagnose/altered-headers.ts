/** Headers that were repeated, or whose value was changed, between the sender and the user's code. */

import type { ExpectedHeader } from '../describe/expected-headers.ts';
import { describeScheme } from '../describe/scheme-facts.ts';
import type { CauseCode } from './causes.ts';
import type { HeaderPairs, Situation, Variant } from './situation.ts';

/** The needed headers with each typical change by proxies and wrappers undone. */
export function* alteredVariants({ headers, provider }: Situation): Generator<Variant> {
  const make = (code: CauseCode, at: string, value: string, what?: string): Variant => ({
    kind: 'headers',
    codes: [code],
    at,
    what,
    change: { headers: [...headers.filter(([name]) => name !== at), [at, value]] },
  });
  const { timestamp, headers: expected, content } = describeScheme(provider.scheme);
  for (const { name, role } of expected.flat()) {
    const values = headers.filter(([one]) => one === name).map(([, value]) => value);
    if (values.length > 1) for (const value of new Set(values)) yield make('header_repeated', name, value);
    const [value] = values;
    if (value === undefined || value.length > 8192) continue;
    const parts = value.split(/,\s+|,(?=[a-z]+\d?=)/);
    const half = value.length % 2 === 0 ? 0 : (value.length - 1) / 2;
    if (value[half] === ',' && value.slice(0, half) === value.slice(half + 1))
      yield make('header_repeated', name, value.slice(0, half));
    if (parts.length > 1 && values.length === 1) {
      for (const part of new Set(parts)) if (part !== value && part !== '') yield make('header_repeated', name, part);
      if (parts.length % 2 === 0) {
        const separator = value.includes(', ') ? ', ' : ',';
        const [front, back] = [parts.slice(0, parts.length / 2), parts.slice(parts.length / 2)];
        for (const list of [front, back]) {
          yield make('header_repeated', name, list.join(separator));
          yield make('header_repeated', name, list.join(','));
        }
      }
    }
    for (const other of mended(value)) yield make('header_altered', name, other);
    if (role === 'signature' && content.kind !== 'parts') {
      const bare = value.replace(/^[A-Za-z]{2,12}[ :=]\s*/, '');
      if (bare !== value) yield make('token_scheme', name, bare);
      for (const word of ['Bearer', 'JWT', 'Basic']) yield make('token_scheme', name, `${word} ${bare}`);
    }
    if (role !== 'timestamp') continue;
    const unit = timestamp?.unit;
    for (const other of otherUnits(value)) {
      const what = `The time in ${name} was converted to another unit than the sender wrote.`;
      if (unit !== undefined) yield make('timestamp_unit', name, other, what);
    }
  }
  if (timestamp?.key !== undefined) yield* listTimes(headers, expected.flat()[0], timestamp.key, make);
}

/** The time inside a list such as `t=...,v1=...`, in other units. */
function* listTimes(
  headers: HeaderPairs,
  at: ExpectedHeader | undefined,
  key: string,
  make: (code: CauseCode, at: string, value: string) => Variant,
): Generator<Variant> {
  const value = at === undefined ? undefined : headers.find(([name]) => name === at.name)?.[1];
  if (at === undefined || value === undefined) return;
  const times = value.matchAll(/(^|[,; ])([\w-]{1,16})=(\d{10}|\d{13})(?=[,; ]|$)/g);
  for (const [whole, before = '', name, time = ''] of times) {
    if (name !== key) continue;
    for (const other of otherUnits(time))
      yield make('timestamp_unit', at.name, value.replace(whole, `${before}${key}=${other}`));
  }
}

function otherUnits(value: string): readonly string[] {
  if (/^\d{10}$/.test(value)) return [`${value}000`];
  if (/^\d{13}$/.test(value)) return [value.slice(0, 10)];
  const instant = /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(instant) ? [] : [String(Math.floor(instant / 1000)), String(instant)];
}

function mended(value: string): readonly string[] {
  const decoded = (text: string) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const tight = value
    .split(/([,;])/)
    .map((part) => part.trim())
    .join('');
  const bare = value.trim().replace(/^(["'])(.*)\1$/, '$2');
  const made = [
    value.trim(),
    bare,
    tight,
    decoded(bare),
    value.trim().replaceAll(' ', '+'),
    padded(bare),
    bare.replaceAll('-', '+').replaceAll('_', '/'),
    padded(bare.replaceAll('-', '+').replaceAll('_', '/')),
    bare.replace(/[,;]+$/, ''),
    bare.replace(/^[\w-]+:\s+/, ''),
  ];
  return [...new Set(made)].filter((one) => one !== value && one !== '');
}

/** Base64 with restored padding, also at the end of a list. */
function padded(text: string): string {
  let from = text.length;
  while (from > 0 && /[A-Za-z0-9+/]/.test(text.charAt(from - 1))) from--;
  return text + '='.repeat((4 - ((text.length - from) % 4)) % 4);
}
