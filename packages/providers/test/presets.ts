/** Every preset by its name, for tests that run over all of them. */

import type { Provider } from '@countersign/core';
import type { UnverifiableProvider } from '@countersign/core/describe';

declare global {
  interface ImportMeta {
    /** Provided by the test runner: modules by their paths. */
    glob(pattern: string | string[], options: { eager: true }): Record<string, Record<string, unknown>>;
  }
}

const idOf = (path: string) => path.slice(path.lastIndexOf('/') + 1, -'.ts'.length);
export const exportNameOf = (id: string) => id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The modules of the presets by the ids that are their file names. */
export const modules: ReadonlyMap<string, Record<string, unknown>> = new Map(
  Object.entries(import.meta.glob(['../src/*.ts', '!../src/registry.ts'], { eager: true })).map(([path, module]) => [
    idOf(path),
    module,
  ]),
);

/** Presets that ask the user for something, called as the tests call them: one file each in `called/`. */
const called = new Map(
  Object.entries(import.meta.glob('./called/*.ts', { eager: true })).map(([path, module]) => [
    idOf(path),
    module.default as Provider,
  ]),
);

/** Senders that cannot be verified. */
export const unverifiable: ReadonlyMap<string, UnverifiableProvider> = new Map(
  [...modules]
    .map(([id, module]) => [id, module[exportNameOf(id)] as UnverifiableProvider] as const)
    .filter(([, preset]) => typeof preset === 'object' && 'unverifiable' in preset),
);

export const presets: ReadonlyMap<string, Provider> = new Map(
  [...modules]
    .filter(([id]) => !unverifiable.has(id))
    .map(([id, module]) => {
      const preset = called.get(id) ?? module[exportNameOf(id)];
      if (typeof preset !== 'object' || preset === null) {
        throw new Error(`${id}.ts exports no preset ${exportNameOf(id)}, and test/called/${id}.ts does not call one`);
      }
      return [id, preset as Provider];
    }),
);
