import { createReceiver, defineProvider, timestampedHmac } from '@countersign/core';
import { webhook } from '@countersign/next';
import { contractHeader, contractSecret } from '@countersign/testing/adapter-app';

const provider = defineProvider({ name: 'diagnosed', scheme: timestampedHmac({ header: contractHeader }) });
const receiver = createReceiver({
  provider,
  secrets: contractSecret,
  onWarning: () => undefined,
  onOutcome: () => undefined,
});

/** In development, prints why a delivery is refused. */
export const POST = webhook(receiver, () => undefined, { diagnose: true });
