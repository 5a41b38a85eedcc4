/** All cases of the contract of endpoints. */

import type { CaseId } from './case-ids.ts';
import { deliveryCases } from './delivery-cases.ts';
import type { EndpointCase } from './endpoint-case.ts';
import { repetitionCases } from './repetition-cases.ts';
import { signatureCases } from './signature-cases.ts';

/** What these find decides what can be said of the others, and what one of them finds what can be said of the next. */
const firstIds: readonly CaseId[] = ['genuine', 'wrong_secret', 'missing_signature'];

const all = [...deliveryCases, ...signatureCases, ...repetitionCases];
const first = firstIds.flatMap((id) => all.filter((one) => one.id === id));

/** In the order in which they are tried. */
export const endpointCases: readonly EndpointCase[] = [...first, ...all.filter((one) => !first.includes(one))];
