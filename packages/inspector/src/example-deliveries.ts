/** A delivery of each sender to begin with: those that the tests of the presets have recorded, signed by others. */

import type { PresetAnswers } from '@countersign/providers/tools/preset-questions';

/** One recorded delivery. */
export interface ExampleDelivery {
  /** When it was signed, in seconds since 1970. */
  readonly at: number;
  readonly secret?: string;
  readonly key?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly url?: string;
  readonly publicUrl?: string;
  readonly body: string;
  /** What a preset that asks was given for it. */
  readonly answers?: PresetAnswers;
}

declare global {
  /** The recordings by the id of their preset, put in place of this name by `vite.config.ts`. */
  const RECORDED_DELIVERIES: Readonly<Record<string, ExampleDelivery>>;
}

/** The example of a sender; undefined where there is none, or none that could be verified by what the recording holds. */
export function findExample(id: string): ExampleDelivery | undefined {
  const found = RECORDED_DELIVERIES[id];
  return found?.secret === undefined && found?.key === undefined ? undefined : found;
}
