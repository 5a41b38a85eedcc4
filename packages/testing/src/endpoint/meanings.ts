/** The meaning of a failed case for the endpoint: from its own responses, and from the findings of earlier cases. */

import { isAccepted } from './answers.ts';
import type { Check, EndpointCase, Trial } from './endpoint-case.ts';
import type { Finding, Findings } from './findings.ts';

/** @returns undefined if an earlier case has already said it */
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
      return 'The endpoint accepts the event, but no effect of the handler is counted. Does effects count by the id of the event, and before the response?';
  }
  const isKnown = one.needsSignature === true && checksNoSignature(earlier);
  if (isKnown && wrong.every(({ answer }) => isAccepted(answer.status))) return undefined;
  const closer = one.closerMeaning?.(finding, earlier);
  if (closer !== undefined) return closer;
  if (hasRightStatuses && one.needsEffects !== true) {
    return effects.expected.includes(1)
      ? `The event took effect ${found} times. The statuses are right, so check the handler.`
      : `${one.meaning} The statuses are right, so check the handler.`;
  }
  const statuses = wrong.filter(({ rule }) => rule === 'accepted').map(({ answer }) => answer.status);
  if (one.id === 'genuine') {
    const [status = 0] = statuses;
    const reason = genuineReasons.find(([known]) => known.includes(status))?.[1];
    if (reason !== undefined) return reason;
  }
  // If the handler fails on these deliveries, nothing is known about the subject of the case.
  if (!statuses.some((status) => status >= 500)) return one.meaning;
  return 'The endpoint responds to a genuine event with a failure of its own: see its log. A handler may need more fields than this small event has; give a body that it understands (body: (id) => ..., or a type).';
}

function checksNoSignature(earlier: Findings): boolean {
  return (['wrong_secret', 'missing_signature'] as const).every((id) => {
    const { statuses = [] } = earlier.get(id) ?? {};
    return statuses.length > 0 && statuses.every(isAccepted);
  });
}

/** The usual cause if a plain genuine delivery gets this response. */
const genuineReasons: readonly (readonly [statuses: readonly number[], reason: string])[] = [
  [[0], 'Nothing answers there, or not in time: is the app running, and is this its URL?'],
  [
    [301, 302, 303, 307, 308],
    'The endpoint redirects, and senders do not follow redirects: is the path exact (a trailing slash, https), and does a session check run before the route?',
  ],
  [[404], 'There is no such route: is the path right, with each prefix and version that the framework adds?'],
  [[405], 'The route accepts a different method than the sender uses.'],
  [
    [413, 415],
    'Something refuses the body before it is verified, such as a body parser. Mount the webhook route before it.',
  ],
  [
    [401, 403],
    'Either the endpoint does not verify the signed bytes (is the secret the one given here, is the body read as bytes, is the URL the public one?), or something before it refuses the request, such as authentication or a CSRF check.',
  ],
];
