/** Writes `docs/typed-events.md`: the ways to type payloads, and what is typed by whom. */

import { readFileSync } from 'node:fs';
import type { TypedSender } from './typed-senders.ts';

const notice = '<!-- Made by `npm run docs` from packages/providers/src/typed, src/events and test/typed. -->';

/** Words for the first word of the comment above a tested body. */
const proofs: Readonly<Record<string, string>> = {
  Example: 'an example of the sender',
  Schema: 'a body that the schema of the sender’s package reads',
  Fields: 'our values in the fields of its documentation',
  Types: 'our values in the fields of its package',
};

export function typedEventsPage(senders: readonly TypedSender[]): string {
  const byImport = senders.filter(({ source }) => source !== undefined);
  const ready = senders.filter(({ source }) => source === undefined);
  return `${notice}

# Typed events

A verified event has a type and a payload. Each preset knows the names of its sender's events, so \`event.type\` is checked. There are three ways to
type the payload too.

## Import the typed preset

If the sender publishes types of its events, install its package and add \`/typed\` to the import. For Stripe: \`npm install --save-dev stripe\`.

\`\`\`ts
import { createReceiver, type EventOf } from '@countersign/core';
import { stripe } from '@countersign/providers/stripe/typed';

const receiver = createReceiver({ provider: stripe, secrets: process.env.STRIPE_WEBHOOK_SECRET });

function handle(event: EventOf<typeof stripe>) {
  if (event.type === 'invoice.paid') console.log(event.payload.data.object.amount_paid);
}
\`\`\`

At run time this is the same preset: nothing of the sender's package is loaded, and the bundle has the same bytes. The types are those of the version that
you have installed. Names that the package lacks keep an unknown payload. If the package is missing, only the typed import fails to compile. In CommonJS, the packages of GoCardless, Linear and Zoom need
TypeScript 5.8 or newer, because they are ES modules.

${ready.length} senders have payload types without another package: import them as usual.

## Give schemas

A type says what the sender promises. A schema checks what arrives, and its output becomes the payload. \`schemas\` takes any
[Standard Schema](https://standardschema.dev), such as one of Zod, by event type; see [options](options.md). It works for every sender, also with the typed presets.

## Write your own map

For a sender without types, or events of your own, list what you use. \`otherwise\` is the payload of all other types.

\`\`\`ts
import { defineProvider, type EventsOf } from '@countersign/core';
import { svix } from '@countersign/providers/svix';

interface ShopEvents {
  readonly 'order.created': { readonly id: string; readonly total: number };
  readonly otherwise: unknown;
}

const shop = defineProvider<EventsOf<typeof svix> & ShopEvents>(svix);
\`\`\`

## Senders with payload types

At run time, nothing checks that a payload has its type. *Tested with* names the body that the types were tested with: a receiver verifies it, and it has to fit
the payload of its event. *With payload* counts the names whose payload is known; for an import, those of the package. *Samples* are the events
whose sample [\`signDelivery\`](testing.md#a-signed-delivery) and the [command line](cli.md#sign-and-send) send. The compiler checks that they fit the types.

| sender | names | with payload | payloads | tested with | samples |
|---|---|---|---|---|---|
${senders.map(row).join('\n')}

${byImport.length} senders are typed by an import, ${ready.length} without. Those not listed have names at most: see [the table of senders](providers.md).
`;
}

function row({ id, title, names, typed, source, test, samples }: TypedSender): string {
  const payloads =
    source === undefined
      ? 'own types'
      : `${source.types} of \`${source.package}\` ${source.version}: import \`@countersign/providers/${id}/typed\``;
  const cells = [
    `[${title}](providers/${id}.md)`,
    names === undefined ? 'none' : names,
    names === undefined ? 'all' : typed,
    payloads,
    test === undefined ? 'no body' : proofOf(test),
    samplesIn(samples),
  ];
  return `| ${cells.join(' | ')} |`;
}

function samplesIn(samples: readonly string[]): string {
  const named = samples.filter((type) => type !== '*');
  if (named.length > 0) return named.map((type) => `\`${type}\``).join(', ');
  return samples.length === 0 ? 'none' : 'one';
}

function proofOf(test: string): string {
  const text = readFileSync(new URL(`../packages/providers/${test}`, import.meta.url), 'utf8');
  const [, word = ''] = /\/\/ (\w+): /.exec(text) ?? [];
  const proof = proofs[word];
  if (proof === undefined) throw new Error(`packages/providers/${test} does not say where its body is from`);
  return `[${proof}](../packages/providers/${test})`;
}
