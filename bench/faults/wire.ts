/** The formats that sender, receivers and judge share: events, points of death, lines of the ledger. */

/** An event's instructions to its handler. */
export interface Plan {
  /** Milliseconds of work before and after the effect. */
  readonly before?: number;
  readonly after?: number;
  /** The share of starts, from 0 to 1, that throw before the effect. */
  readonly fail?: number;
  /** The share of starts that throw after the effect. */
  readonly failAfter?: number;
  /** The handler hangs forever in every attempt up to this one. */
  readonly hang?: number;
}

export interface FaultEvent {
  readonly id: string;
  readonly plan?: Plan;
}

/** The points at which a receiver kills itself, in the order of a delivery. */
export const points = [
  'before_claim',
  'after_claim',
  'in_handler',
  'after_effect',
  'after_complete',
  'before_answer',
] as const;
export type Point = (typeof points)[number];

export type Mode = 'lease' | 'transactional';
/** ORMs over PostgreSQL whose nested transactions write the effects. */
export const orms = ['drizzle', 'kysely', 'knex'] as const;
export type OrmName = (typeof orms)[number];
export const isOrm = (name: string): name is OrmName => (orms as readonly string[]).includes(name);

export const stores = [
  'redis',
  'postgres',
  'mysql',
  'sqlite',
  ...orms,
  'has-set',
  'mark-before',
  'mark-after',
] as const;
export type StoreName = (typeof stores)[number];

/** The configuration of a receiver. */
export interface ReceiverConfig {
  readonly store: StoreName;
  readonly url: string;
  readonly mode: Mode;
  readonly ledger: string;
  readonly secrets: readonly string[];
  readonly leaseSeconds: number;
  readonly handlerTimeoutSeconds: number;
  readonly timeoutSeconds?: number;
  /** The error of its clock. */
  readonly clockOffsetSeconds?: number;
  /** The sender's retry schedule, for a provider that states one. */
  readonly retryDelaysSeconds?: readonly number[];
  readonly maxBodyBytes?: number;
}

/** The header in which the sender asks for a death; only in a first attempt. */
export const killHeader = 'x-kill-at';
export const secrets = ['f00dfeedf00dfeedf00dfeedf00dfeed', 'cafebabecafebabecafebabecafebabe'] as const;

/** Nanoseconds of a clock that all processes of this machine share and that nothing sets. */
export const monotonic = () => process.hrtime.bigint();
