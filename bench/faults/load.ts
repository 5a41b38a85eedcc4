/** F9, F11, F12, F13, F14, F17: many copies, wrong clocks, hanging handlers, deploys, rotations, floods. */

import { startFlood } from './attacker.ts';
import { isSuccess, quantile } from './judge.ts';
import {
  countedEvents,
  judgeWorld,
  leaseSeconds,
  newEvent,
  portsOf,
  requireZeros,
  round,
  type Scenario,
  sendTo,
  withReceivers,
} from './scenario.ts';
import { type Journal, pause, post } from './sender.ts';
import { secrets } from './wire.ts';

const both = ['lease', 'transactional'] as const;

export const copiesAtOnce: Scenario = {
  id: 'F9',
  fault: '100 concurrent copies of each event over 4 processes',
  unit: 'events',
  full: 1000,
  short: 20,
  stores: ['redis', 'postgres', 'mysql', 'sqlite'],
  modes: both,
  run: ({ store, mode, amount }) =>
    withReceivers(store, mode, { count: 4, config: { leaseSeconds: 10 } }, async (world) => {
      const journal: Journal = new Map();
      const ports = portsOf(world.slots)();
      const others = new Map<number, number>();
      for (let sent = 0; sent < amount; sent++) {
        const event = newEvent({ before: 5 });
        const copies = Array.from({ length: 100 }, (_, copy) => post(ports[copy % ports.length], event, secrets[0]));
        const answers = await Promise.all(copies);
        journal.set(event.id, answers);
        for (const { status } of answers) if (!isSuccess(status)) others.set(status, (others.get(status) ?? 0) + 1);
      }
      const { verdict, ledger } = await judgeWorld(world, journal);
      const broken = requireZeros(verdict, false, ledger.lines);
      const most = Math.max(...[...journal.keys()].map((id) => ledger.starts.get(id)?.length ?? 0));
      if (most !== 1) broken.push(`an event was started ${most} times`);
      const strange = [...others.keys()].filter((status) => status !== 503);
      if (strange.length > 0) broken.push(`copies were answered ${strange.join(', ')}`);
      return {
        verdict,
        broken,
        figures: { requests: amount * 100, 'most starts of one event': most, 'answered 503': others.get(503) ?? 0 },
      };
    }),
};

export const wrongClocks: Scenario = {
  id: 'F11',
  fault: 'one receiver of three with a clock that is off by an hour or a day, forward or back',
  unit: 'settings of the clock, five of each',
  full: 20,
  short: 4,
  stores: ['redis', 'postgres', 'mysql'],
  modes: both,
  async run({ store, mode, amount }) {
    const offsets = [3600, -3600, 86_400, -86_400];
    const broken: string[] = [];
    const totals = { events: 0, refused: 0, second: 0 };
    let last: Awaited<ReturnType<typeof judgeWorld>>['verdict'] | undefined;
    // A lease that a busy machine renews in time, so that only a clock can end it.
    const config = { leaseSeconds: 2 };
    await withReceivers(store, mode, { count: 3, isMended: false, config }, async (world) => {
      const journal: Journal = new Map();
      for (let time = 0; time < amount; time++) {
        const offset = offsets[time % offsets.length] as number;
        await world.slots[0]?.replace({ ...world.config, clockOffsetSeconds: offset });
        // Longer than a lease, so that a node that trusts its own clock would take over.
        const events = Array.from({ length: 10 }, () => newEvent({ before: 2200 }));
        const before = journal.size;
        await sendTo(world, { lanes: 10, next: () => events.pop(), doubledPercent: 100, journal });
        totals.events += journal.size - before;
      }
      const wrong = world.slots[0]?.port;
      const attempts = [...journal.values()].flat();
      // The node with the wrong clock refuses every timestamp; the others accept fresh ones.
      totals.refused = attempts.filter(({ port, status }) => port === wrong && status === 401).length;
      const rightly = attempts.filter(
        ({ port, status }) => port !== wrong && status === 401 && port === world.slots[1]?.port,
      ).length;
      const { verdict, ledger } = await judgeWorld(world, journal);
      last = verdict;
      broken.push(...requireZeros(verdict, false, ledger.lines));
      if (rightly > 0) broken.push(`${rightly} genuine deliveries were refused by a node with the right clock`);
      totals.second = [...ledger.starts.values()].filter((starts) => starts.length > 1).length;
      if (totals.second > 0) broken.push(`${totals.second} events were run a second time`);
    });
    return {
      ...(last && { verdict: last }),
      broken,
      figures: {
        settings: amount,
        'refused by the wrong clock (last setting)': totals.refused,
        'second runs': totals.second,
      },
    };
  },
};

export const hangingHandler: Scenario = {
  id: 'F12',
  fault: 'a handler that hangs forever in its first attempt',
  unit: 'events',
  full: 200,
  short: 20,
  stores: ['redis', 'postgres', 'mysql', 'sqlite'],
  modes: both,
  run: ({ store, mode, amount }) =>
    withReceivers(store, mode, { config: { handlerTimeoutSeconds: 1 } }, async (world) => {
      const journal = await sendTo(world, {
        // In a SQLite file, a hanging transaction blocks all other claims.
        lanes: store === 'sqlite' && mode === 'transactional' ? 1 : 20,
        next: countedEvents(amount, () => ({ hang: 1 })),
        retryDelay: () => 200,
      });
      const { verdict, ledger } = await judgeWorld(world, journal);
      const broken = requireZeros(verdict, false, ledger.lines);
      const firsts = [...journal.values()].filter(([first]) => first?.status === 500).length;
      if (firsts < amount) broken.push(`${firsts} of ${amount} first attempts got 500`);
      return { verdict, broken, figures: { 'first attempts answered 500': firsts, 'lease, s': leaseSeconds } };
    }),
};

export const rollingDeploy: Scenario = {
  id: 'F13',
  fault: 'receivers replaced one after the other (SIGTERM) under 200 deliveries per second',
  unit: 'replacements',
  full: 50,
  short: 4,
  stores: ['redis', 'postgres'],
  modes: both,
  run: ({ store, mode, amount }) =>
    withReceivers(store, mode, { isMended: false }, async (world) => {
      let isOver = false;
      const codes: (number | null)[] = [];
      const replacing = (async () => {
        for (let time = 0; time < amount; time++) {
          await pause(200);
          codes.push((await world.slots[time % 2]?.replace()) ?? null);
        }
        isOver = true;
      })();
      const journal = await sendTo(world, {
        lanes: 20,
        paceMilliseconds: 80,
        next: () => (isOver ? undefined : newEvent({ before: 10, after: 10 })),
      });
      await replacing;
      const { verdict, ledger } = await judgeWorld(world, journal);
      const broken = requireZeros(verdict, false, ledger.lines);
      const attempts = [...journal.values()].flat();
      const resets = attempts.filter(({ status }) => status === 0).length;
      if (codes.some((code) => code !== 0)) broken.push('a receiver did not exit by itself');
      // HTTP/1.1 leaves one race open: a request sent on a connection just as the server closes it.
      if (resets > amount) broken.push(`${resets} connections were reset`);
      return {
        verdict,
        broken,
        figures: { replacements: codes.length, 'connections reset': resets, requests: attempts.length },
      };
    }),
};

export const rotation: Scenario = {
  id: 'F14',
  fault: 'a secret rotated K1, K1 and K2, K2 under load',
  unit: 'rotations',
  full: 20,
  short: 2,
  stores: ['redis', 'postgres'],
  modes: ['lease'],
  run: ({ store, mode, amount }) =>
    withReceivers(store, mode, { isMended: false }, async (world) => {
      let isOver = false;
      let secret: string = secrets[0];
      const rotating = (async () => {
        for (let time = 0; time < amount; time++) {
          const [old, fresh] = time % 2 === 0 ? secrets : [secrets[1], secrets[0]];
          // The receivers learn the new secret first, then the sender uses it, then the receivers drop the old one.
          for (const slot of world.slots) await slot.replace({ ...world.config, secrets: [fresh, old] });
          secret = fresh;
          await pause(200);
          for (const slot of world.slots) await slot.replace({ ...world.config, secrets: [fresh] });
          await pause(100);
        }
        isOver = true;
      })();
      const journal = await sendTo(world, {
        lanes: 8,
        paceMilliseconds: 20,
        secret: () => secret,
        next: () => (isOver ? undefined : newEvent({ before: 5 })),
      });
      await rotating;
      const { verdict, ledger } = await judgeWorld(world, journal);
      const refused = [...journal.values()].flat().filter(({ status }) => status === 401).length;
      const broken = requireZeros(verdict, false, ledger.lines);
      if (refused > 0) broken.push(`${refused} genuine deliveries were refused`);
      return { verdict, broken, figures: { rotations: amount, 'genuine deliveries refused': refused } };
    }),
};

export const flood: Scenario = {
  id: 'F17',
  fault: '5,000 forged deliveries per second in addition to 50 genuine ones',
  unit: 'seconds',
  full: 300,
  short: 4,
  stores: ['redis', 'postgres'],
  modes: ['lease'],
  run: ({ store, mode, amount, isShort }) =>
    withReceivers(store, mode, { config: { leaseSeconds: 10 } }, async (world) => {
      const measure = async (seconds: number) => {
        const endsAt = performance.now() + seconds * 1000;
        const journal = await sendTo(world, {
          lanes: 5,
          paceMilliseconds: 95,
          next: () => (performance.now() < endsAt ? newEvent() : undefined),
        });
        return {
          journal,
          milliseconds: [...journal.values()].flat().map(({ startedAt, endedAt }) => Number(endedAt - startedAt) / 1e6),
        };
      };
      const warming = await measure(1);
      const idle = await measure(Math.min(60, amount));
      const records = await world.backend.client.countRecords();
      const attack = await startFlood(portsOf(world.slots)(), 5000);
      const under = await measure(amount);
      const { perSecond, accepted } = await attack.stop();
      const written = (await world.backend.client.countRecords()) - records - under.journal.size;
      const journal = new Map([...warming.journal, ...idle.journal, ...under.journal]);
      const { verdict, ledger } = await judgeWorld(world, journal);
      const broken = requireZeros(verdict, false, ledger.lines);
      const [calm, busy] = [quantile(idle.milliseconds, 0.99), quantile(under.milliseconds, 0.99)];
      // A p99 means nothing for a few hundred deliveries, and CI shares its processors.
      if (!isShort && busy > 3 * calm)
        broken.push(`p99 of good deliveries rose from ${round(calm)} to ${round(busy)} ms`);
      if (written !== 0) broken.push(`${written} records were written by the attacker`);
      if (accepted > 0) broken.push(`${accepted} forgeries were accepted`);
      return {
        verdict,
        broken,
        figures: {
          'forged a second': round(perSecond, 0),
          'p99 idle, ms': round(calm),
          'p99 in the flood, ms': round(busy),
          'records by the attacker': written,
        },
      };
    }),
};
