/** The reason why a delivery does not verify, and the fix. */

import type { Cause, Diagnosis } from '@countersign/core/diagnose';
import { type Child, element } from '../element.ts';
import type { Verdict } from '../inspection.ts';

const notes: Readonly<Record<Verdict['kind'], string>> = {
  verifies: 'Nothing to explain.',
  stale: 'Nothing to explain except the time.',
  refused: 'Looking for the reason ...',
  unable: 'Looking for the reason ...',
  waiting: 'Appears once there is a delivery and its secret.',
};

/** Renders a diagnosis; undefined if none was made, or while it is in progress. */
export function diagnosisView(diagnosis: Diagnosis | undefined, given: Verdict): readonly Child[] {
  if (diagnosis === undefined) return [element('p', { class: 'note' }, notes[given.kind])];
  const { verdict, causes, attempts, isExhausted } = diagnosis;
  if (verdict === 'unexplained') {
    const tried = `${attempts.toLocaleString('en')} attempts${isExhausted ? ', not all that are possible' : ''}`;
    const what = `Not explained after ${tried}. The delivery is forged, the secret belongs to another endpoint, or the body was changed beyond repair.`;
    return [element('p', { 'data-verdict': 'unexplained' }, what)];
  }
  return [
    causes.length > 1 && element('p', {}, 'These belong together; fix the first one first.'),
    element('ol', { class: 'causes' }, ...causes.map((cause) => causeOf(cause))),
  ];
}

function causeOf({ code, what, fix, certainty }: Cause): HTMLElement {
  const note = certainty === 'proved' ? 'proved: without it, the signature matches' : 'likely';
  return element(
    'li',
    { 'data-cause': code },
    element('p', {}, element('strong', {}, what), ' ', element('span', { class: `certainty ${certainty}` }, note)),
    element('p', {}, fix),
    element('p', { class: 'note' }, element('code', {}, code)),
  );
}
