/** Defines a scenario and its environment. */

import { type Backend, startBackend } from './backends.ts';
import { judge, readLedger, type Verdict } from './judge.ts';
import { type ReceiverSlot, startReceivers } from './receivers.ts';
import { type Journal, type SenderOptions, send } from './sender.ts';
import { type FaultEvent, type Mode, type ReceiverConfig, type StoreName, secrets } from './wire.ts';

export interface Scenario {
  readonly id: string;
  /** One sentence that names the fault. */
  readonly fault: string;
  /** The unit that is counted, such as `kills`. */
  readonly unit: string;
  /** The amount in a full run, and in the short one of CI. */
  readonly full: number;
  readonly short: number;
  readonly stores: readonly StoreName[];
  readonly modes: readonly Mode[];
  run(setting: Setting): Promise<Result>;
}

export interface Setting {
  readonly store: StoreName;
  readonly mode: Mode;
  /** The amount, in the scenario's unit. */
  readonly amount: number;
  /** True in the short form, in which outages are shorter too. */
  readonly isShort: boolean;
  /** Minimum number of events, if a scenario sends until it is over. */
  readonly events: number;
}

export interface Result {
  readonly verdict?: Verdict;
  /** Other figures, by name. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** The claims that failed; empty if all hold. */
  readonly broken: readonly string[];
}

export const leaseSeconds = 1;

/** A backend and its receivers, always removed at the end. */
export async function withReceivers<Returned>(
  store: StoreName,
  mode: Mode,
  options: {
    count?: number;
    isMended?: boolean;
    config?: Partial<ReceiverConfig>;
    configOf?: (place: number) => Partial<ReceiverConfig>;
    appendOnly?: 'off' | 'everysec' | 'always';
    /** Another way to the backend, such as a wire that can be cut. */
    urlOf?: (backend: Backend) => Promise<string>;
  },
  body: (world: World) => Promise<Returned>,
): Promise<Returned> {
  const backend = await startBackend(store, { appendOnly: options.appendOnly ?? 'off' });
  let slots: ReceiverSlot[] = [];
  try {
    const url = (await options.urlOf?.(backend)) ?? backend.url;
    const config: ReceiverConfig = {
      store,
      url,
      mode,
      ledger: backend.ledger,
      secrets: [secrets[0]],
      leaseSeconds,
      handlerTimeoutSeconds: 10,
      ...options.config,
    };
    slots = await startReceivers(
      options.count ?? 2,
      (place) => ({ ...config, ...options.configOf?.(place) }),
      options.isMended ?? true,
    );
    return await body({ backend, slots, config });
  } finally {
    await Promise.all(slots.map((slot) => slot.stop()));
    await backend.stop();
  }
}

export interface World {
  readonly backend: Backend;
  readonly slots: readonly ReceiverSlot[];
  readonly config: ReceiverConfig;
}

export const portsOf = (slots: readonly ReceiverSlot[]) => () =>
  slots.flatMap(({ port }) => (port === undefined ? [] : [port]));

let eventsMade = 0;
/** An event with an id that is unique on this machine. */
export const newEvent = (plan?: FaultEvent['plan']): FaultEvent => ({
  id: `e${process.pid}-${eventsMade++}`,
  ...(plan && { plan }),
});

/** Yields this many events, then none. */
export function countedEvents(
  count: number,
  planOf: () => FaultEvent['plan'] = () => undefined,
): () => FaultEvent | undefined {
  let left = count;
  return () => (left-- > 0 ? newEvent(planOf()) : undefined);
}

export async function sendTo(
  world: World,
  options: Omit<SenderOptions, 'ports'> & Partial<Pick<SenderOptions, 'ports'>>,
): Promise<Journal> {
  return send({ ports: portsOf(world.slots), ...options });
}

export async function judgeWorld({ backend, config }: World, journal: Journal) {
  const effects = config.mode === 'transactional' ? await backend.client.readEffects() : new Map();
  const ledger = readLedger(backend.ledger, effects);
  return { verdict: judge(journal, ledger), ledger };
}

/** Figures that must always be 0; `twice` only if the mode promises it. */
export function requireZeros(verdict: Verdict, mayRunTwice: boolean, unhandled: readonly string[][]): string[] {
  const broken: string[] = [];
  for (const name of ['lost', 'stranded', 'ghost', 'earlyAck'] as const) {
    if (verdict[name] !== 0) broken.push(`${name} is ${verdict[name]}`);
  }
  if (!mayRunTwice && verdict.twice !== 0) broken.push(`twice is ${verdict.twice}`);
  const crashes = unhandled.filter(([letter]) => letter === 'U');
  if (crashes.length > 0)
    broken.push(`${crashes.length} unhandled errors, such as ${crashes[0]?.slice(1).join(' ').slice(0, 200)}`);
  return broken;
}

export const round = (value: number, digits = 2) => Number(value.toFixed(digits));
