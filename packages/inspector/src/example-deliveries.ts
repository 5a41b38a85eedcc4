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

/** Those whose certificate is fetched from the sender: the recordings have none that could be pasted. */
const withoutExample = ['aws-sns', 'paypal'];

/** The example of a sender; undefined where there is none. */
export function findExample(id: string): ExampleDelivery | undefined {
  return withoutExample.includes(id) ? undefined : RECORDED_DELIVERIES[id];
}
