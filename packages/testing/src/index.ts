/** Signed deliveries, and contract suites for your own store or adapter, under any test runner. */

export { adapterContract } from './adapter/adapter-contract.ts';
export type {
  AdapterContractOptions,
  AdapterResult,
  MountedApp,
  MountForm,
} from './adapter/adapter-contract-options.ts';
export { archiveContract } from './archive/archive-contract.ts';
export type {
  AlteredEntry,
  ArchiveContractOptions,
  ArchiveHandle,
  PeekedEntry,
} from './archive/archive-contract-options.ts';
export type { ContractRunner } from './contract-runner.ts';
export type { CaseId } from './endpoint/case-ids.ts';
export type { ContractTarget, EndpointApp } from './endpoint/endpoint-app.ts';
export { runWebhookContract, webhookContract } from './endpoint/webhook-contract.ts';
export type {
  CaseResult,
  ContractReport,
  StatusRule,
  Switch,
  WebhookContractOptions,
} from './endpoint/webhook-contract-options.ts';
export { queueContract } from './queue/queue-contract.ts';
export type {
  JobContextUnderTest,
  QueueContractOptions,
  QueueHandle,
  QueueUnderTest,
  WorkerUnderTest,
} from './queue/queue-contract-options.ts';
export * from './signing.ts';
export { simulateSender } from './simulation/simulate-sender.ts';
export type { FaultRates, SimulationOptions, SimulationReport } from './simulation/simulation-options.ts';
export { storeContract } from './store/store-contract.ts';
export type { PeekedRecord, StoreContractOptions, StoreHandle } from './store/store-contract-options.ts';
