/** An example delivery for each sender: the recordings from the presets' tests, not signed by this project. */

import type { PresetAnswers } from '@countersign/providers/tools/preset-questions';

export interface ExampleDelivery {
  /** Time of signing, in seconds since 1970. */
  readonly at: number;
  readonly secret?: string;
  readonly key?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly url?: string;
  readonly publicUrl?: string;
  readonly body: string;
  /** The parameters that its preset got, if it needs any. */
  readonly answers?: PresetAnswers;
}

declare global {
  /** The recordings by the id of their preset; `vite.config.ts` replaces this name with them. */
  const RECORDED_DELIVERIES: Readonly<Record<string, ExampleDelivery>>;
}

/** The example of a sender; undefined if there is none, or if the recording holds nothing to verify it with. */
export function findExample(id: string): ExampleDelivery | undefined {
  const found = RECORDED_DELIVERIES[id];
  return found?.secret === undefined && found?.key === undefined ? undefined : found;
}
