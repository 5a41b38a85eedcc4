/** Signed deliveries, and contract suites for your own store or adapter, under any test runner. */

export { adapterContract } from './adapter-contract.ts';
export type { AdapterContractOptions, AdapterResult, MountedApp, MountForm } from './adapter-contract-options.ts';
export type { ContractRunner } from './contract-runner.ts';
export type { CaseId } from './endpoint/endpoint-case.ts';
export { runWebhookContract, webhookContract } from './endpoint/webhook-contract.ts';
export type {
  CaseResult,
  ContractReport,
  ContractTarget,
  EndpointApp,
  StatusRule,
  Switch,
  WebhookContractOptions,
} from './endpoint/webhook-contract-options.ts';
export * from './signing.ts';
export { simulateSender } from './simulation/simulate-sender.ts';
export type { FaultRates, SimulationOptions, SimulationReport } from './simulation/simulation-options.ts';
export { storeContract } from './store-contract.ts';
export type { PeekedRecord, StoreContractOptions, StoreHandle } from './store-contract-options.ts';
