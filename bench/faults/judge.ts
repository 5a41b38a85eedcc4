/** Holds the sender's journal against the ledger of effects, which no receiver can read. */

import { existsSync, readFileSync } from 'node:fs';
import type { Journal } from './sender.ts';

export interface Verdict {
  readonly events: number;
  readonly attempts: number;
  /** A 2xx, and no effect. */
  readonly lost: number;
  /** No 2xx in the end. */
  readonly stranded: number;
  /** More than one effect. */
  readonly twice: number;
  /** An effect of an event that nobody sent. */
  readonly ghost: number;
  /** A 2xx before the effect was written. */
  readonly earlyAck: number;
  readonly startsPerEvent: number;
  /** Answers other than 2xx, of all attempts that got an answer. */
  readonly refusedRatio: number;
}

export interface Ledger {
  readonly effects: Map<string, bigint[]>;
  readonly starts: Map<string, bigint[]>;
  /** Every other line, by its first letter. */
  readonly lines: readonly string[][];
}

/** Reads the file that receivers append to; `extra` are the effects that stand in a database. */
export function readLedger(file: string, extra: Map<string, bigint[]> = new Map()): Ledger {
  const effects = new Map(extra);
  const starts = new Map<string, bigint[]>();
  const lines = (existsSync(file) ? readFileSync(file, 'utf8') : '').split('\n').map((line) => line.split(' '));
  for (const [letter, id = '', , at = '0'] of lines) {
    const target = letter === 'E' ? effects : letter === 'S' ? starts : undefined;
    target?.set(id, [...(target.get(id) ?? []), BigInt(at)]);
  }
  return { effects, starts, lines };
}

export const isSuccess = (status: number) => status >= 200 && status < 300;

export function judge(journal: Journal, { effects, starts }: Ledger): Verdict {
  let [attempts, lost, stranded, twice, earlyAck, refused, answered, started] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const [id, tries] of journal) {
    attempts += tries.length;
    started += starts.get(id)?.length ?? 0;
    const answers = tries.filter(({ status }) => status > 0);
    answered += answers.length;
    refused += answers.filter(({ status }) => !isSuccess(status)).length;
    const successes = tries.filter(({ status }) => isSuccess(status));
    const written = [...(effects.get(id) ?? [])].sort((a, b) => (a < b ? -1 : 1));
    if (successes.length === 0) stranded++;
    else if (written.length === 0) lost++;
    if (written.length > 1) twice++;
    const [first] = written;
    if (first !== undefined && successes.some(({ endedAt }) => endedAt < first)) earlyAck++;
  }
  const ghost = [...effects.keys()].filter((id) => !journal.has(id)).length;
  return {
    events: journal.size,
    attempts,
    lost,
    stranded,
    twice,
    ghost,
    earlyAck,
    startsPerEvent: started / Math.max(1, journal.size),
    refusedRatio: refused / Math.max(1, answered),
  };
}

/** The value below which `share` of the sorted values lie. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}

/** Seconds from each death to the success of the events that were under way at that moment. */
export function recoverySeconds(journal: Journal, deaths: readonly bigint[]): number[] {
  const seconds: number[] = [];
  for (const tries of journal.values()) {
    const success = tries.find(({ status }) => isSuccess(status));
    const first = tries[0];
    if (success === undefined || first === undefined || tries.length === 1) continue;
    const death = deaths.find((at) =>
      tries.some(({ startedAt, endedAt, status }) => status === 0 && startedAt < at && at <= endedAt + 50_000_000n),
    );
    if (death !== undefined) seconds.push(Number(success.endedAt - death) / 1e9);
  }
  return seconds;
}
