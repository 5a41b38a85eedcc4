/** What a case that falls short says of the endpoint: by its own answers, and by what earlier cases have found. */

import { isAccepted } from './answers.ts';
import type { Check, EndpointCase, Trial } from './endpoint-case.ts';
import type { Finding, Findings } from './findings.ts';

/** @returns undefined where an earlier case has said it already */
export function meaningOf(
  one: EndpointCase,
  { effects }: Trial,
  wrong: readonly Check[],
  finding: Finding,
  earlier: Findings,
): string | undefined {
  const found = finding.effects;
  const hasRightStatuses = wrong.length === 0 && effects !== undefined && found !== undefined;
  if (hasRightStatuses && found === 0) {
    if (earlier.get('genuine')?.effects === 0) return undefined;
    if (one.id !== 'retry_after_failure')
      return 'It says that it has accepted the event, and the handler took no effect that is counted. Does effects count by the id of the event, and before the answer?';
  }
  const isKnown = one.needsSignature === true && checksNoSignature(earlier);
  if (isKnown && wrong.every(({ answer }) => isAccepted(answer.status))) return undefined;
  const closer = one.closerMeaning?.(finding, earlier);
  if (closer !== undefined) return closer;
  if (hasRightStatuses && one.needsEffects !== true) {
    return effects.expected.includes(1)
      ? `The event took effect ${found} times. The statuses are right, so look at what the handler does.`
      : `${one.meaning} The statuses are right, so look at what the handler does.`;
  }
  const statuses = wrong.filter(({ rule }) => rule === 'accepted').map(({ answer }) => answer.status);
  if (one.id === 'genuine') {
    const [status = 0] = statuses;
    const reason = genuineReasons.find(([known]) => known.includes(status))?.[1];
    if (reason !== undefined) return reason;
  }
  // Where the handler fails on what it is sent here, nothing is known of what the case is about.
  if (!statuses.some((status) => status >= 500)) return one.meaning;
  return 'The endpoint answers a genuine event with a failure of its own: see its log. A handler may need more than this small event has; give a body that it understands (body: (id) => ..., or a type).';
}

function checksNoSignature(earlier: Findings): boolean {
  return (['wrong_secret', 'missing_signature'] as const).every((id) => {
    const { statuses = [] } = earlier.get(id) ?? {};
    return statuses.length > 0 && statuses.every(isAccepted);
  });
}

/** What it mostly is where a plain genuine delivery is answered so. */
const genuineReasons: readonly (readonly [statuses: readonly number[], reason: string])[] = [
  [[0], 'Nothing answers there, or not in time: is it running, and is this its address?'],
  [
    [301, 302, 303, 307, 308],
    'It redirects, and senders do not follow: is the path exact (a slash at its end, https), and does a check of sessions stand in front?',
  ],
  [[404], 'There is no such route: is the path right, with each prefix and version that the framework adds?'],
  [[405], 'The route takes another method than the sender uses.'],
  [
    [413, 415],
    'Something in front refuses the body before it is verified, such as a body parser. Mount the webhook route before it.',
  ],
  [
    [401, 403],
    'Either it does not verify what the sender signs (is the secret the one given here, is the body read as bytes, is the address the public one?), or something in front refuses, such as authentication or a CSRF check.',
  ],
];
