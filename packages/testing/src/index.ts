/** Signed deliveries, and contract suites for your own store or adapter, under any test runner. */

export { adapterContract } from './adapter-contract.ts';
export type { AdapterContractOptions, AdapterResult, MountedApp, MountForm } from './adapter-contract-options.ts';
export type { ContractRunner } from './contract-runner.ts';
export {
  type LambdaEventForm,
  type SuperTest,
  sendBy,
  toInjectOptions,
  toLambdaEvent,
  toRequest,
} from './signing/delivery-forms.ts';
export { canSign, signDelivery } from './signing/sign-delivery.ts';
export { createSigningKeys, type SigningKeys } from './signing/signing-keys.ts';
export type { PrivateKey, SignedDelivery, SigningOptions } from './signing/signing-options.ts';
export { storeContract } from './store-contract.ts';
export type { PeekedRecord, StoreContractOptions, StoreHandle } from './store-contract-options.ts';
