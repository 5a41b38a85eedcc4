/** The cases of one server under contract, where servers are tested beside each other: they wait for deadlines more than they compute. */

import { describe } from 'vitest';

/** `describe` for the contract of adapters: its cases count what the journal of their server got meanwhile, so none runs beside another. */
export const inTurn = (name: string, body: () => void) => describe(name, { concurrent: false }, body);
