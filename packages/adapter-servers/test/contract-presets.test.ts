/** The contract of endpoints holds for every preset behind a receiver of ours: no case asks of a sender what it does not do. */

import { createReceiver, memoryStore, type Provider, type WebhookEvent } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { registry } from '@countersign/providers/registry';
import { exampleAnswers, presetArgument } from '@countersign/providers/tools/preset-questions';
import { createSigningKeys, runWebhookContract } from '@countersign/testing';
import { expect, it } from 'vitest';

/** Their certificates and keys are made in tests of their own. */
const needsCertificates = new Set(['apple-app-store-v2', 'aws-sns', 'clockify-addon', 'paypal']);
const senders = [...registry.values()].filter(({ id, kind }) => kind !== 'unverifiable' && !needsCertificates.has(id));

it('is looked at for all but a few', () => {
  expect(senders.length).toBeGreaterThan(100);
});

it.each(senders.map(({ id, load }) => [id, load] as const))('holds for %s', async (id, load) => {
  const loaded = await load();
  const provider =
    typeof loaded === 'function' ? (loaded(presetArgument(id, exampleAnswers(id))) as Provider) : (loaded as Provider);
  const keys = createSigningKeys(provider);
  const policy = { dedupe: memoryStore(), publicUrl: 'https://example.com', acceptAssumptions: true };
  const quiet = { onWarning: () => undefined, onOutcome: () => undefined };
  const receiver = createReceiver({ provider, ...keys.receiver, ...policy, ...quiet } as never);
  const handle = (event: WebhookEvent) => void event.text();
  const report = await runWebhookContract({
    provider,
    ...keys.signing,
    target: fetchHandler(receiver, handle as never),
    url: 'https://example.com/',
    // Two MiB for each preset, and the same for all.
    expect: { oversize: { leftOut: 'It is the same for every sender.' } },
  });
  const faults = report.results.flatMap(({ verdict, id: name, detail }) =>
    verdict === 'falls_short' ? [`${name}: ${detail}`] : [],
  );
  expect(faults).toEqual([]);
  expect(report.holds).toBeGreaterThan(5);
});
