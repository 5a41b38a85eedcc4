/** All cases of the endpoint contract. */

import type { CaseId } from './case-ids.ts';
import { deliveryCases } from './delivery-cases.ts';
import type { EndpointCase } from './endpoint-case.ts';
import { repetitionCases } from './repetition-cases.ts';
import { signatureCases } from './signature-cases.ts';

/** The findings of each case decide what can be said about the later ones. */
const firstIds: readonly CaseId[] = ['genuine', 'wrong_secret', 'missing_signature'];

const all = [...deliveryCases, ...signatureCases, ...repetitionCases];
const first = firstIds.flatMap((id) => all.filter((one) => one.id === id));

/** In the order in which they are tried. */
export const endpointCases: readonly EndpointCase[] = [...first, ...all.filter((one) => !first.includes(one))];
