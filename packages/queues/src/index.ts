/** Hands verified events to the queue that an app already runs, and works them off. */

export type { BodyArchive, JobFacts, JobTrace, SealKey, SealOptions } from '@countersign/core/jobs';
export { type EnqueueOptions, enqueue } from './enqueue.ts';
export {
  asFinal,
  isFinal,
  type JobQueue,
  type JobToPublish,
  type QueueOptions,
  type TakenJob,
  type TakeOptions,
  type Taking,
} from './queue.ts';
export { closeOnSignals, type WorkerHandle, type WorkOptions, work } from './work.ts';
export type { WorkContext, WorkHandle, WorkHandler, WorkHandlersByType } from './work-handler.ts';
