import { writeFileSync } from 'node:fs';
import { createReceiver, defineProvider, timestampedHmac } from '@countersign/core';
import { webhook } from '@countersign/next';
import { contractHeader, contractSecret } from '@countersign/testing/adapter-app';

const provider = defineProvider({ name: 'late', scheme: timestampedHmac({ header: contractHeader }) });
const receiver = createReceiver({
  provider,
  secrets: contractSecret,
  handlerTimeoutSeconds: 0.1,
  onWarning: () => undefined,
  onOutcome: () => undefined,
});

/** Runs past its deadline, and writes the file named in the payload when it is done. */
export const POST = webhook(receiver, async (event) => {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  writeFileSync((event.payload as { file: string }).file, 'done');
});
