/** The senders for the docs and the registry: their modules, called if they are functions, and their proofs. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Provider, UnverifiableProvider } from '../packages/core/src/provider/provider.ts';
import type { SenderEvents } from '../packages/providers/src/events/sender-events.ts';

const sources = new URL('../packages/providers/src/', import.meta.url);
const tests = new URL('../packages/providers/test/', import.meta.url);

/** The parts of a recorded delivery that the docs print. */
export interface Example {
  readonly source: string;
  readonly signedBy: string;
  readonly at: number;
  readonly secret?: string;
  readonly key?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly publicUrl?: string;
  readonly body: string;
}

/** One sender. */
export interface Sender {
  readonly id: string;
  readonly exportName: string;
  readonly kind: 'preset' | 'asks' | 'unverifiable';
  /**
   * The result of calling the preset as the tests do, if it is a function; undefined if the sender cannot be verified.
   */
  readonly provider: Provider | undefined;
  readonly unverifiable: UnverifiableProvider | undefined;
  /** The names of its events. */
  readonly events: SenderEvents;
  /** True if its samples have a file of their own. */
  readonly hasSampleFile: boolean;
  /** Number of published vectors, by verdict. */
  readonly vectors: { readonly valid: number; readonly invalid: number };
  readonly example: Example | undefined;
  /** Other presets exported by the same file, such as an older version of the scheme. */
  readonly others: readonly { readonly exportName: string; readonly provider: Provider }[];
}

/** Every sender, sorted by id. */
export async function readSenders(): Promise<readonly Sender[]> {
  const counts = readJson('published-vectors.json') as Record<string, { valid: number; invalid: number }>;
  const called = new Set(readdirSync(new URL('called/', tests)));
  const ids = readdirSync(sources)
    .filter((file) => file.endsWith('.ts') && file !== 'registry.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
  const senders: Sender[] = [];
  for (const id of ids) {
    const exportName = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    const module: Readonly<Record<string, unknown>> = await import(new URL(`${id}.ts`, sources).href);
    const exported = module[exportName];
    const asks = typeof exported === 'function';
    if (asks && !called.has(`${id}.ts`))
      throw new Error(`${id} is a function; call it in packages/providers/test/called/${id}.ts`);
    const provider = asks ? (await import(new URL(`called/${id}.ts`, tests).href)).default : exported;
    const isUnverifiable = 'unverifiable' in provider;
    const listed: Readonly<Record<string, SenderEvents>> = await import(new URL(`events/${id}.ts`, sources).href);
    const names = listed[exportName];
    const sampleFile = new URL(`samples/${id}.ts`, sources);
    const hasSampleFile = existsSync(sampleFile);
    const events = hasSampleFile ? { ...names, samples: (await import(sampleFile.href)).samples } : names;
    if (events === undefined) throw new Error(`packages/providers/src/events/${id}.ts does not export ${exportName}`);
    senders.push({
      id,
      exportName,
      kind: asks ? 'asks' : isUnverifiable ? 'unverifiable' : 'preset',
      provider: isUnverifiable ? undefined : provider,
      unverifiable: isUnverifiable ? provider : undefined,
      events: events as SenderEvents,
      hasSampleFile,
      vectors: counts[id] ?? { valid: 0, invalid: 0 },
      example: isUnverifiable ? undefined : (readJson(`recorded/${id}.json`) as Example),
      others: Object.entries(module).flatMap(([name, other]) =>
        name !== exportName && isProvider(other) ? [{ exportName: name, provider: other }] : [],
      ),
    });
  }
  return senders;
}

function isProvider(value: unknown): value is Provider {
  return typeof value === 'object' && value !== null && 'scheme' in value && 'name' in value;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, tests), 'utf8'));
}
