/** F1, F2, F3, F16, F19: receivers that die or are paused while they handle events. */

import { isSuccess, quantile, recoverySeconds } from './judge.ts';
import {
  countedEvents,
  judgeWorld,
  leaseSeconds,
  newEvent,
  type Result,
  requireZeros,
  round,
  type Scenario,
  type Setting,
  sendTo,
  withReceivers,
} from './scenario.ts';
import { type Journal, pause, post } from './sender.ts';
import { type FaultEvent, orms, type Point, points, secrets } from './wire.ts';

const all = ['postgres', 'mysql', 'sqlite', 'redis'] as const;
const both = ['lease', 'transactional'] as const;

export const killedInHandler: Scenario = {
  id: 'F1',
  fault: 'kill -9 at random moments, 24 lanes, 15 % of attempts doubled, 5 % of starts fail',
  unit: 'kills',
  full: 200,
  short: 6,
  stores: [...all, 'has-set', 'mark-before', 'mark-after'],
  modes: both,
  run: (setting) => killAtRandom(setting, () => ({ before: Math.random() * 15, after: Math.random() * 5, fail: 0.05 })),
};

export const killedInNestedTransactions: Scenario = {
  id: 'F19',
  fault: 'kill -9 at random moments, effects in nested transactions of ORMs, 15 % of starts throw after them',
  unit: 'kills',
  full: 200,
  short: 6,
  stores: orms,
  modes: ['transactional'],
  run: (setting) =>
    killAtRandom(setting, () => ({ before: Math.random() * 10, after: Math.random() * 10, failAfter: 0.15 }), 25),
};

/** Kills receivers one after the other while events are sent, and judges the result. */
async function killAtRandom(
  { store, mode, amount, events, isShort }: Setting,
  planOf: () => FaultEvent['plan'],
  paceMilliseconds = 0,
): Promise<Result> {
  return withReceivers(store, mode, { count: 3 }, async (world) => {
    let sent = 0;
    let isOver = false;
    /** Dead or about to be: on a busy machine a death takes a while to show. */
    const killed = new Set<number | undefined>();
    const killing = (async () => {
      for (let kill = 0; kill < amount; kill++) {
        await pause(150 + Math.random() * 150);
        const living = world.slots.filter(({ port, pid }) => port !== undefined && !killed.has(pid));
        // At least one keeps serving; otherwise the run would measure how fast Node starts.
        if (living.length < 2) kill--;
        else {
          const slot = living[Math.floor(Math.random() * living.length)];
          killed.add(slot?.pid);
          slot?.signal('SIGKILL');
        }
      }
      isOver = true;
    })();
    const journal = await sendTo(world, {
      lanes: 24,
      doubledPercent: 15,
      paceMilliseconds,
      next: () => {
        if (isOver && sent >= events) return undefined;
        sent++;
        return newEvent(planOf());
      },
    });
    await killing;
    const deaths = world.slots.flatMap((slot) => slot.deaths);
    const { verdict, ledger } = await judgeWorld(world, journal);
    const recovery = recoverySeconds(journal, deaths);
    const broken = requireZeros(verdict, mode === 'lease', ledger.lines);
    if (deaths.length < amount) broken.push(`only ${deaths.length} kills`);
    // With few events in flight at six kills, the p99 would be the slowest one, and depend on whatever else the machine does.
    if (!isShort && quantile(recovery, 0.99) > leaseSeconds + 2)
      broken.push(`recovery p99 is ${round(quantile(recovery, 0.99))} s`);
    return {
      verdict,
      broken,
      figures: {
        kills: deaths.length,
        'in flight at a kill': recovery.length,
        'recovery p50, s': round(quantile(recovery, 0.5)),
        'recovery p99, s': round(quantile(recovery, 0.99)),
      },
    };
  });
}

const lanes = 3;

export const killedAtEachPoint: Scenario = {
  id: 'F2',
  fault: 'kill -9 aimed at each of six points of one delivery',
  unit: 'kills at each point',
  full: 100,
  short: 3,
  stores: all,
  modes: both,
  run: ({ store, mode, amount }) =>
    withReceivers(store, mode, { count: lanes + 1 }, async (world) => {
      const figures: Record<string, string> = {};
      const broken: string[] = [];
      const all: Journal = new Map();
      for (const point of points) {
        const journal = await sendTo(world, {
          lanes,
          next: countedEvents(amount),
          killAt: () => point,
          // Each lane kills its own receiver, and the last receiver serves the retries, so a death affects only one event.
          ports: (lane, attempt) => {
            const port = world.slots[attempt === 1 ? lane : lanes]?.port;
            return port === undefined ? [] : [port];
          },
        });
        const { verdict } = await judgeWorld(world, journal);
        // A death after the effect runs the event again unless a transaction undoes it; no other death does.
        const expected = point === 'after_effect' && mode === 'lease' ? amount : 0;
        if (verdict.twice !== expected) broken.push(`${point}: twice is ${verdict.twice}, not ${expected}`);
        const died = [...journal.values()].filter(([first]) => first?.status === 0).length;
        if (died < amount) broken.push(`${point}: ${died} of ${amount} died`);
        figures[point] = `${verdict.lost} lost, ${verdict.twice} twice of ${journal.size}`;
        for (const [id, attempts] of journal) all.set(id, attempts);
      }
      const { verdict, ledger } = await judgeWorld(world, all);
      broken.push(...requireZeros(verdict, mode === 'lease', ledger.lines));
      return { verdict, figures, broken };
    }),
};

export const stoppedPastTheLease: Scenario = {
  id: 'F3',
  fault: 'SIGSTOP for three leases with events in the handler, then SIGCONT',
  unit: 'events in a stopped process',
  full: 100,
  short: 10,
  stores: ['postgres', 'mysql', 'redis'],
  modes: both,
  run: ({ store, mode, amount }) =>
    withReceivers(store, mode, { count: 2 }, async (world) => {
      const [stopped, other] = world.slots;
      const journal: Journal = new Map();
      let stale = 0;
      for (let done = 0; done < amount; done += 10) {
        const events = Array.from({ length: Math.min(10, amount - done) }, () => newEvent({ before: 600 }));
        for (const { id } of events) journal.set(id, []);
        const attempt = async (event: FaultEvent, port: number | undefined) => {
          const answer = await post(port, event, secrets[0]);
          journal.get(event.id)?.push(answer);
          return isSuccess(answer.status);
        };
        const firsts = events.map((event) => attempt(event, stopped?.port));
        await pause(300);
        stopped?.signal('SIGSTOP');
        await pause(leaseSeconds * 1500);
        // The sender retries and reaches the other process.
        const retries = events.map(async (event) => {
          while (!(await attempt(event, other?.port))) await pause(100);
        });
        await Promise.all(retries);
        await pause(leaseSeconds * 1500);
        stopped?.signal('SIGCONT');
        await Promise.all(firsts);
      }
      const { verdict, ledger } = await judgeWorld(world, journal);
      for (const [letter, , ...words] of ledger.lines) {
        if (letter === 'F' && words.join(' ').startsWith('The claim was lost')) stale++;
      }
      const broken = requireZeros(verdict, mode === 'lease', ledger.lines);
      if (stale < journal.size) broken.push(`${stale} of ${journal.size} stale completions were refused`);
      return {
        verdict,
        broken,
        figures: { 'stale completions refused': `${stale} of ${journal.size}` },
      };
    }),
};

export const shortSchedule: Scenario = {
  id: 'F16',
  fault: 'a sender of two retries within 30 s, and a crash in the first attempt',
  unit: 'events',
  full: 50,
  short: 6,
  stores: ['postgres', 'redis'],
  modes: both,
  run: ({ store, mode, amount }) =>
    // The lease that a receiver chooses for this schedule by default.
    withReceivers(
      store,
      mode,
      { count: 2, config: { leaseSeconds: 10, retryDelaysSeconds: [10, 20] } },
      async (world) => {
        const where: Point[] = ['after_claim', 'in_handler', 'after_effect'];
        let sent = 0;
        const journal = await sendTo(world, {
          lanes: amount,
          next: countedEvents(amount),
          killAt: () => where[sent++ % where.length],
          retryDelay: (attempt) => [10_000, 20_000][attempt - 1],
        });
        const { verdict, ledger } = await judgeWorld(world, journal);
        return { verdict, broken: requireZeros(verdict, mode === 'lease', ledger.lines), figures: { 'lease, s': 10 } };
      },
    ),
};
