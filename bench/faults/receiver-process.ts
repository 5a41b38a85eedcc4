/** A receiver as a separate process that is killed, paused and replaced. Its only argument is its configuration. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { openSync, writeSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import {
  createReceiver,
  type DedupeStore,
  defineProvider,
  type TransactionalStore,
  timestampedHmac,
} from '@countersign/core';
import { nodeHandler } from '@countersign/http/node';
import { openBackend } from './backend-client.ts';
import { type FaultEvent, killHeader, monotonic, type Point, type ReceiverConfig } from './wire.ts';

const config = JSON.parse(process.argv[2] as string) as ReceiverConfig;
if (config.clockOffsetSeconds !== undefined) turnClock(config.clockOffsetSeconds * 1000);
const backend = openBackend(config.store, config.url);
const ledger = openSync(config.ledger, 'a');
/** Writes one line in one write, so the line is in the file even if this process dies. */
const note = (...words: (string | number | bigint)[]) => void writeSync(ledger, `${words.join(' ')}\n`);

// The notes below count planned failures.
console.error = () => undefined;

const deathOf = new AsyncLocalStorage<string | undefined>();
const dieAt = (point: Point) => {
  if (deathOf.getStore() === point) process.kill(process.pid, 'SIGKILL');
};

const provider = defineProvider({
  name: 'faults',
  scheme: timestampedHmac({ header: 'x-signature' }),
  eventId: { json: 'id' },
  ...(config.retryDelaysSeconds && { retries: { delaysSeconds: config.retryDelaysSeconds } }),
});
const receiver = createReceiver({
  provider,
  secrets: config.secrets,
  dedupe: {
    store: mortal(backend.store),
    namespace: 'faults',
    mode: config.mode,
    leaseSeconds: config.leaseSeconds,
    ...(config.timeoutSeconds && { timeoutSeconds: config.timeoutSeconds }),
  },
  handlerTimeoutSeconds: config.handlerTimeoutSeconds,
  onWarning: () => undefined,
  onOutcome(outcome) {
    dieAt('before_answer');
    if (outcome.kind === 'rejected') {
      // The sender counts the forgeries of a flood.
      if (outcome.error.code !== 'signature_mismatch') note('R', outcome.error.code);
    } else if (outcome.kind === 'failed')
      note('F', outcome.event.id ?? '', String((outcome.cause as Error).message).replaceAll('\n', ' '));
    else if (outcome.kind === 'handled' && outcome.completionLost) note('L', outcome.event.id ?? '');
  },
});

const handle = nodeHandler(receiver, async (event, context) => {
  const { id, plan = {} } = event.payload as FaultEvent;
  note('S', id, context.attempt, monotonic());
  dieAt('in_handler');
  if ((plan.hang ?? 0) >= context.attempt) await new Promise(() => undefined);
  await pause(plan.before);
  if (Math.random() < (plan.fail ?? 0)) throw new Error('as planned');
  if (config.mode === 'transactional') await backend.writeEffect(context, id);
  else note('E', id, context.attempt, monotonic());
  dieAt('after_effect');
  await pause(plan.after);
  if (Math.random() < (plan.failAfter ?? 0)) throw new Error('as planned, after the effect');
});

/** Requests in progress. A server that shuts down closes each of their connections with the response. */
const answers = new Set<ServerResponse>();
let isLeaving = false;
const server = createServer((request, response) => {
  if (isLeaving) response.setHeader('connection', 'close');
  answers.add(response);
  response.once('close', () => answers.delete(response));
  deathOf.run(request.headers[killHeader] as string | undefined, () => void handle(request, response));
});
server.keepAliveTimeout = 30_000;
process.on('SIGTERM', () => {
  isLeaving = true;
  for (const response of answers) if (!response.headersSent) response.setHeader('connection', 'close');
  // Also closes the idle connections.
  server.close(async () => {
    await backend.close().catch(() => undefined);
    process.exit(0);
  });
});
process.on('SIGUSR2', () => backend.fill?.(true));
process.on('SIGHUP', () => backend.fill?.(false));
process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', (error) => note('U', String(error.stack).replaceAll('\n', ' ')));
process.on('unhandledRejection', (error) => note('U', String(error).replaceAll('\n', ' ')));

await backend.migrate();
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));

/** A store before and after whose steps this process may die. */
function mortal(store: DedupeStore): DedupeStore {
  const around =
    <Given extends unknown[], Result>(step: (...given: Given) => Promise<Result>, before?: Point, after?: Point) =>
    async (...given: Given) => {
      if (before !== undefined) dieAt(before);
      const result = await step(...given);
      if (after !== undefined) dieAt(after);
      return result;
    };
  const { transact } = store as TransactionalStore;
  return {
    ...store,
    claim: around(store.claim.bind(store), 'before_claim', 'after_claim'),
    complete: around(store.complete.bind(store), undefined, 'after_complete'),
    ...(transact && { transact: around(transact.bind(store), undefined, 'after_complete') }),
  };
}

function pause(milliseconds: number | undefined): Promise<void> {
  return milliseconds ? new Promise((resolve) => setTimeout(resolve, milliseconds)) : Promise.resolve();
}

/** Sets the wall clock of this process. */
function turnClock(offset: number): void {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...given: []) {
      if (given.length === 0) super(RealDate.now() + offset);
      else super(...given);
    }
    static override now() {
      return RealDate.now() + offset;
    }
  } as DateConstructor;
}
