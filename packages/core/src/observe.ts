/** Reports on deliveries for logs, metrics and traces. An app that does not use it does not bundle it. */

export { diagnosticsChannel, observer, outcomeChannel } from './observe/observer.ts';
export type {
  HandlerStart,
  Observer,
  ObserverHooks,
  OutcomeRemark,
  OutcomeReport,
  StageDurations,
} from './receiver/observer.ts';
