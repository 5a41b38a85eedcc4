/** True if an answer is right. */

import type { Check } from './endpoint-case.ts';

/** True if a sender would treat it as success. */
export const isAccepted = (status: number): boolean => status >= 200 && status < 300;

/** True if it is the response that the case, or the caller, expects. */
export function isRight({ answer: { status }, rule }: Check): boolean {
  if (rule === 'any') return true;
  if (rule === 'accepted') return isAccepted(status);
  if (rule === 'refused') return status >= 400 && status < 500;
  if (rule === 'not_2xx') return !isAccepted(status);
  return [rule].flat().includes(status);
}

const ruleTexts = { accepted: '2xx', refused: '4xx', not_2xx: 'no 2xx', any: 'anything' };

/** Describes a wrong response in a sentence. */
export function faultOf({ what, answer, rule }: Check): string {
  const expected =
    typeof rule === 'string'
      ? ruleTexts[rule]
      : [rule].flat().length > 9
        ? '2xx or “later”'
        : [rule].flat().join(' or ');
  const found = answer.status === 0 ? `no answer (${answer.failure})` : answer.status;
  const start = what === undefined ? 'Expected' : `${what.charAt(0).toUpperCase()}${what.slice(1)}: expected`;
  return `${start} ${expected}, found ${found}.`;
}
