/** Headers with another name than the one that the scheme looks for. */

import type { ExpectedHeader } from '../describe/expected-headers.ts';
import { describeScheme } from '../describe/scheme-facts.ts';
import { likeness, safeName } from './header-names.ts';
import type { Situation, Variant } from './situation.ts';

/** Names that no sender uses for a signature. */
const ordinary =
  /^(?:accept.*|authority|cache-control|connection|content-.*|cookie|date|expect|forwarded|from|host|origin|pragma|referer|sec-.*|te|traceparent|tracestate|transfer-encoding|upgrade.*|user-agent|via|x-forwarded-.*|x-real-ip|x-request-id|x-amzn-.*|cf-.*|:.*)$/;
const maxCandidates = 5;
const maxCombinations = 24;

/** The headers that may hold the wanted values under another name, the most likely combination first. */
export function* renamedVariants({ headers, provider }: Situation): Generator<Variant> {
  const groups = describeScheme(provider.scheme).headers;
  const isThere = (name: string) => headers.some(([one, value]) => one === name && value !== '');
  const missing = groups.filter((group) => !group.some(({ name }) => isThere(name)));
  const known = new Set(groups.flat().map(({ name }) => name));
  // If all are present, only the signature may be elsewhere too.
  const wanted = missing.length > 0 ? missing : groups.slice(0, 1);
  const choices = wanted.map((group) => {
    const [{ name, role }] = group as readonly [ExpectedHeader];
    return headers
      .filter(
        ([found]) =>
          (!known.has(found) && !ordinary.test(found)) || (found === 'authorization' && role === 'signature'),
      )
      .map(([found, value]) => ({ name, found, value, score: scoreOf(found, value, name, role) }))
      .filter(({ score }) => score > 0)
      .sort((left, right) => right.score - left.score)
      .slice(0, wanted.length > 3 ? 2 : maxCandidates);
  });
  if (choices.length === 0 || choices.some((list) => list.length === 0)) return;
  let combined: (typeof choices)[number][] = [[]];
  for (const list of choices) combined = combined.flatMap((one) => list.map((choice) => [...one, choice]));
  combined.sort((left, right) => sumOf(right) - sumOf(left));
  for (const combination of combined.slice(0, maxCombinations)) {
    const replaced = new Set(combination.map(({ name }) => name));
    const kept = headers.filter(([name]) => !replaced.has(name));
    const [{ found, name }] = combination as unknown as readonly [(typeof combination)[number]];
    yield {
      kind: 'headers',
      codes: ['header_renamed'],
      at: safeName(found),
      what:
        safeName(found) === undefined ? undefined : `The value that the scheme looks for in ${name} is in ${found}.`,
      change: { headers: [...kept, ...combination.map((one) => [one.name, one.value] as const)] },
    };
  }
}

const sumOf = (list: readonly { readonly score: number }[]) => list.reduce((sum, { score }) => sum + score, 0);

function scoreOf(found: string, value: string, wanted: string, role: ExpectedHeader['role']): number {
  const alike = likeness(found, wanted);
  const isTime = /^(?:\d{10}|\d{13}|\d{4}-\d\d-\d\dT\S+)$/.test(value);
  if (role === 'timestamp') return isTime ? alike + 20 : 0;
  if (role === 'signature') {
    const named = /sign|hmac|sig\b|digest|hash|token|secret|auth/.test(found) ? 30 : 0;
    return value.length >= 16 ? alike + named + (isTime ? 0 : 1) : 0;
  }
  return alike + (role === 'id' && /(?:^|[-_])id$|uuid|delivery/.test(found) ? 20 : 0);
}
