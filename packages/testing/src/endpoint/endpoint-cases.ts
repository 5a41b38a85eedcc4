/** All cases of the contract of endpoints. */

import { deliveryCases } from './delivery-cases.ts';
import type { EndpointCase } from './endpoint-case.ts';
import { repetitionCases } from './repetition-cases.ts';
import { signatureCases } from './signature-cases.ts';

/** In the order in which they are tried. */
export const endpointCases: readonly EndpointCase[] = [...deliveryCases, ...signatureCases, ...repetitionCases];
