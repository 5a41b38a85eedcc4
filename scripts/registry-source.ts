/** Writes `packages/providers/src/registry.ts`: every sender by id, each loaded when it is asked for. */

import type { Sender } from './senders.ts';

export function registrySource(senders: readonly Sender[]): string {
  const rows = senders.map(({ id, kind, provider, unverifiable, exportName }) => {
    const title = (provider ?? unverifiable)?.title?.replaceAll("'", "\\'");
    const cells = [`'${id}'`, `'${title}'`, `'${kind}'`, `async () => (await import('./${id}.ts')).${exportName}`];
    // As the formatter would break it.
    const line = `  [${cells.join(', ')}],`;
    return line.length <= 120 ? line : `  [\n    ${cells.join(',\n    ')},\n  ],`;
  });
  return `/** Every sender by its id, for tools. Nothing is loaded before it is asked for, and no preset imports this file. */

// Made by \`npm run docs\`; a preset is added by adding its file.

/** How a sender is to be had: as a preset, by calling one that asks for more, or not at all. */
export type SenderKind = 'preset' | 'asks' | 'unverifiable';

/** One line of {@link registry}. */
export interface RegistryEntry {
  readonly id: string;
  /** How the sender writes its own name. */
  readonly title: string;
  readonly kind: SenderKind;
  /** The preset (a Provider), the function to call, or the reason why there is none (an UnverifiableProvider). */
  readonly load: () => Promise<unknown>;
}

const rows: readonly (readonly [id: string, title: string, kind: SenderKind, load: () => Promise<unknown>])[] = [
${rows.join('\n')}
];

/** Every sender by its id. */
export const registry: ReadonlyMap<string, RegistryEntry> = new Map(
  rows.map(([id, title, kind, load]) => [id, { id, title, kind, load }]),
);
`;
}
