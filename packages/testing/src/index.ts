/** Contract suites that run under any test runner: what your own store has to hold to be trusted with events. */

export type { ContractRunner } from './contract-runner.ts';
export { storeContract } from './store-contract.ts';
export type { PeekedRecord, StoreContractOptions, StoreHandle } from './store-contract-options.ts';
