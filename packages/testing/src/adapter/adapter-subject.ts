/** One form of one adapter under its contract: sends to it, and reads its app's journal. */

import { requireEqual, requireThat } from '../contract-runner.ts';
import { contractPaths, type JournalEntry } from './adapter-app.ts';
import { AdapterClient, type Answer, type Sent, signature } from './adapter-client.ts';
import type { MountForm } from './adapter-contract-options.ts';

/** One case of the contract. */
export interface AdapterCase {
  readonly name: string;
  /** The form it applies to; default each. */
  readonly form?: MountForm;
  readonly run: (subject: Subject) => Promise<void>;
}

export const json = ['content-type', 'application/json'] as const;
let idsMade = 0;
export const freshId = () => `evt_${Date.now().toString(36)}_${idsMade++}`;
export const bodyOf = (fields: object = {}) => JSON.stringify({ id: freshId(), type: 'contract', n: 475.5, ...fields });
export const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** One form of one adapter, and its journal. */
export class Subject {
  readonly path: string;
  readonly client: AdapterClient;
  readonly form: MountForm;
  readonly parsedHint: RegExp;

  constructor(client: AdapterClient, form: MountForm, parsedHint: RegExp) {
    this.client = client;
    this.form = form;
    this.parsedHint = parsedHint;
    this.path = contractPaths[form];
  }

  deliver(body: string | Uint8Array, headers?: Sent['headers']): Promise<Answer> {
    return this.client.deliver(this.path, body, headers);
  }

  /** The same over connections that have not been used yet. */
  async fresh(run: (subject: Subject) => Promise<void>): Promise<void> {
    const client = new AdapterClient(this.client.url);
    try {
      await run(new Subject(client, this.form, this.parsedHint));
    } finally {
      client.close();
    }
  }

  send(sent: Sent): Promise<Answer> {
    return this.client.send(this.path, sent);
  }

  /** The journal entries made while `act` ran; waits for the given number of outcomes. */
  async during<Result>(act: () => Promise<Result>, outcomes = 1): Promise<{ result: Result; entries: JournalEntry[] }> {
    const { length } = await this.client.journal();
    const result = await act();
    for (let round = 0; ; round++) {
      const entries = (await this.client.journal()).slice(length);
      if (entries.filter((entry) => 'outcome' in entry).length >= outcomes || round === 40) return { result, entries };
      await pause(50);
    }
  }

  /** Checks that one request gets this response and exactly this outcome, without a run of the handler. */
  async refuses(sent: Sent, status: number, codes: readonly string[]): Promise<Answer> {
    const { result, entries } = await this.during(() => this.send(sent));
    requireEqual(result.status, status, 'the status of the answer');
    const reasons = entries.map((entry) => ('outcome' in entry ? (entry.code ?? entry.outcome) : 'a run'));
    requireEqual(reasons.length, 1, `one outcome (${reasons.join(', ')})`);
    requireThat(codes.includes(reasons[0] as string), `the reason is ${codes.join(' or ')}, not ${reasons[0]}`);
    return result;
  }
}

export const runsIn = (entries: readonly JournalEntry[]) => entries.filter((entry) => 'run' in entry).length;
export const outcomesIn = (entries: readonly JournalEntry[]) =>
  entries.flatMap((entry) => ('outcome' in entry ? [entry.code ?? entry.outcome] : []));

/** Checks that the delivery gets 200 and is handled. */
export async function requireHandled(subject: Subject, sent: Sent, sentence: string): Promise<Answer> {
  const { result, entries } = await subject.during(() => subject.send(sent));
  requireEqual(result.status, 200, sentence);
  requireEqual(outcomesIn(entries), ['handled'], sentence);
  return result;
}

export const signed = (body: string | Uint8Array, ...headers: (readonly [string, string])[]): Sent => ({
  headers: [...headers, signature(body)],
  body,
});
