import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SenderEvents } from '../src/events/sender-events.ts';
import { registry } from '../src/registry.ts';
import { exportNameOf, presets } from './presets.ts';
import { recordedDeliveries } from './recorded-delivery.ts';

const files = new Map(
  Object.entries(import.meta.glob(['../src/events/*.ts', '!../src/events/sender-events.ts'], { eager: true })).map(
    ([path, module]) => [path.slice(path.lastIndexOf('/') + 1, -'.ts'.length), module] as const,
  ),
);
const eventsOf = (id: string) => files.get(id)?.[exportNameOf(id)] as SenderEvents;
const namesOf = (id: string) => {
  const events = eventsOf(id);
  return 'names' in events ? events.names : undefined;
};

/** Types in recorded deliveries that no sender lists. */
const invented: ReadonlySet<string> = new Set([
  // The payload of the specification of Standard Webhooks.
  'example.created',
  // Emailit's package says email.loaded.
  'email.opened',
]);

describe('the event names of a sender', () => {
  it('have one file for each preset, which the registry loads', async () => {
    expect([...files.keys()].sort()).toEqual([...registry.keys()].sort());
    for (const [id, { events }] of registry) expect(await events(), id).toMatchObject(eventsOf(id));
  });

  it.each([...files.keys()])('are unique, sorted, printable and have a source: %s', (id) => {
    const events = eventsOf(id);
    expect(new Set(events.always).size).toBe(events.always.length);
    if (!('names' in events)) {
      expect(events.none).toMatch(/^[A-Z].*\.$/);
      return;
    }
    expect(events.names.length).toBeGreaterThan(0);
    expect([...events.names]).toEqual([...new Set(events.names)].sort());
    // `otherwise` is the name under which handlers and maps of events keep the rest.
    for (const name of events.names) expect(name).toMatch(/^(?!otherwise$)[\x20-\x7e]{1,120}$/);
    expect(events.source.readOn).toMatch(/^2026-\d\d-\d\d$/);
    expect(events.source.title ?? events.source.url).toBeTruthy();
  });

  it.each([...presets])('are promised only where the preset reads them: %s', (id, provider) => {
    const events = eventsOf(id);
    // Some schemes sign an id of their own.
    if (events.always.includes('id')) expect(provider.eventId !== undefined || provider.scheme.signed.id).toBe(true);
    if (events.always.includes('type')) expect(provider.eventType).toBeDefined();
    for (const type of Object.keys(events.samples ?? {})) if (type !== '*') expect(namesOf(id)).toContain(type);
    const source = readFileSync(new URL(`../src/${id}.ts`, import.meta.url), 'utf8');
    const name = new RegExp(`import type \\{ (\\w+Events) \\} from './events/${id}\\.ts'`).exec(source)?.[1];
    if (name !== undefined) expect(source).toContain(`<${name}`);
    // Two presets of Clockify use the names of a third, and one file holds two presets.
    else expect(source).toMatch(/import type \{ (\w+Events(, )?)+ \} from '\.\/events\/[a-z0-9-]+\.ts'/);
  });

  it.each(recordedDeliveries)(
    'contain the type of what was recorded after the sender’s documentation: %s',
    (_, delivery) => {
      const names = namesOf(delivery.provider);
      const { expected } = delivery;
      for (const { type } of expected.events ?? [expected])
        if (type !== undefined && names !== undefined && !invented.has(type)) expect(names).toContain(type);
    },
  );
});
