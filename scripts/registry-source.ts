/** Writes `packages/providers/src/registry.ts`: every sender by id, each loaded on request. */

import type { Sender } from './senders.ts';

export function registrySource(senders: readonly Sender[]): string {
  const rows = senders.map(({ id, kind, provider, unverifiable, exportName, hasSampleFile }) => {
    const title = (provider ?? unverifiable)?.title?.replaceAll("'", "\\'");
    const cells = [
      `'${id}'`,
      `'${title}'`,
      `'${kind}'`,
      `async () => (await import('./${id}.ts')).${exportName}`,
      `async () => (await import('./events/${id}.ts')).${exportName}`,
      ...(hasSampleFile ? [`async () => (await import('./samples/${id}.ts')).samples`] : []),
    ];
    // Broken as the formatter would break it.
    const line = `  [${cells.join(', ')}],`;
    return line.length <= 120 ? line : `  [\n    ${cells.join(',\n    ')},\n  ],`;
  });
  return `/** Every sender by its id, for tools. A preset is only loaded on request, and no preset imports this file. */

// Made by \`npm run docs\`; to add a preset, add its file.

import type { SenderEvents, SenderSamples } from './events/sender-events.ts';

/** Ways to get a sender: \`preset\` is ready to use, \`asks\` is a function to call, \`unverifiable\` has no preset. */
export type SenderKind = 'preset' | 'asks' | 'unverifiable';

/** One entry of {@link registry}. */
export interface RegistryEntry {
  readonly id: string;
  /** The name as the sender writes it. */
  readonly title: string;
  readonly kind: SenderKind;
  /** Loads the preset (a Provider), the function to call, or the reason why there is none (an UnverifiableProvider). */
  readonly load: () => Promise<unknown>;
  /** Loads the names of its events, and samples. */
  readonly events: () => Promise<SenderEvents>;
}

const rows: readonly (readonly [
  id: string,
  title: string,
  kind: SenderKind,
  load: () => Promise<unknown>,
  events: () => Promise<SenderEvents>,
  samples?: () => Promise<SenderSamples>,
])[] = [
${rows.join('\n')}
];

/** Every sender by its id. */
export const registry: ReadonlyMap<string, RegistryEntry> = new Map(
  rows.map(([id, title, kind, load, names, samples]) => {
    const events = samples === undefined ? names : async () => ({ ...(await names()), samples: await samples() });
    return [id, { id, title, kind, load, events }];
  }),
);
`;
}
