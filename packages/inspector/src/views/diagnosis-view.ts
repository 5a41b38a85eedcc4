/** Why a delivery does not verify, and what to do. */

import type { Cause, Diagnosis } from '@countersign/core/diagnose';
import { type Child, element } from '../element.ts';
import type { Verdict } from '../inspection.ts';

const notes: Readonly<Record<Verdict['kind'], string>> = {
  verifies: 'There is nothing to explain.',
  stale: 'There is nothing to explain but the time.',
  refused: 'Looking for the reason ...',
  unable: 'Looking for the reason ...',
  waiting: 'It is made once a delivery and its secret are there.',
};

/** What is shown of a diagnosis; undefined where none was made, or while it is being made. */
export function diagnosisView(diagnosis: Diagnosis | undefined, given: Verdict): readonly Child[] {
  if (diagnosis === undefined) return [element('p', { class: 'note' }, notes[given.kind])];
  const { verdict, causes, attempts, isExhausted } = diagnosis;
  if (verdict === 'unexplained') {
    const tried = `${attempts.toLocaleString('en')} ways that were tried${isExhausted ? ', which are not all' : ''}`;
    const what = `Not explained, in ${tried}. It is forged, the secret is that of another endpoint, or the body was changed beyond repair.`;
    return [element('p', { 'data-verdict': 'unexplained' }, what)];
  }
  return [
    causes.length > 1 && element('p', {}, 'These belong together; the first is to be mended first.'),
    element('ol', { class: 'causes' }, ...causes.map((cause) => causeOf(cause))),
  ];
}

function causeOf({ code, what, fix, certainty }: Cause): HTMLElement {
  const note = certainty === 'proved' ? 'proved: without it the signature is right' : 'likely';
  return element(
    'li',
    { 'data-cause': code },
    element('p', {}, element('strong', {}, what), ' ', element('span', { class: `certainty ${certainty}` }, note)),
    element('p', {}, fix),
    element('p', { class: 'note' }, element('code', {}, code)),
  );
}
