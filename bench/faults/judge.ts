/** Compares the sender's journal with the ledger of effects, which receivers cannot read. */

import { existsSync, readFileSync } from 'node:fs';
import type { Journal } from './sender.ts';

export interface Verdict {
  readonly events: number;
  readonly attempts: number;
  /** Got a 2xx, but has no effect. */
  readonly lost: number;
  /** Never got a 2xx. */
  readonly stranded: number;
  /** Has more than one effect. */
  readonly twice: number;
  /** An effect of an event that was never sent. */
  readonly ghost: number;
  /** Got a 2xx before the effect was written. */
  readonly earlyAck: number;
  readonly startsPerEvent: number;
  /** The share of responses other than 2xx. */
  readonly refusedRatio: number;
}

export interface Ledger {
  readonly effects: Map<string, bigint[]>;
  readonly starts: Map<string, bigint[]>;
  /** All other lines, by their first letter. */
  readonly lines: readonly string[][];
}

/** Reads the file to which receivers append; `extra` are the effects in a database. */
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

/** Seconds from each death to the success of the events that were in progress at that moment. */
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
