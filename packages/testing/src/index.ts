/** Contract suites that run under any test runner: what your own store, or your own adapter, has to hold. */

export { adapterContract } from './adapter-contract.ts';
export type { AdapterContractOptions, AdapterResult, MountedApp, MountForm } from './adapter-contract-options.ts';
export type { ContractRunner } from './contract-runner.ts';
export { storeContract } from './store-contract.ts';
export type { PeekedRecord, StoreContractOptions, StoreHandle } from './store-contract-options.ts';
