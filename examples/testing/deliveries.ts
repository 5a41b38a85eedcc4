/** Tests that several examples have in common: what an endpoint answers, and what its handler prints. */

import { expect, it, vi } from 'vitest';
import { type ChildApp, readUntil } from './child-app.ts';
import { post, statusOf } from './post.ts';
import { type Flaws, fromAcme, type Signed } from './signed.ts';

export interface Endpoint {
  deliver(delivery: Signed): Promise<Response>;
  readonly printedUntil: ChildApp['printedUntil'];
}

/** The endpoint of an app, at the path that most examples have. */
export function endpointOf({ url, printedUntil }: ChildApp, path = '/webhooks/acme'): Endpoint {
  return { deliver: ({ body, headers }) => post(url + path, body, headers), printedUntil };
}

/** The endpoint of a function that is called in this process. From here on, what it prints is collected and not printed. */
export function functionEndpoint(deliver: Endpoint['deliver']): Endpoint & { output(): string } {
  const lines: string[] = [];
  const collect = (...values: unknown[]) => void lines.push(values.join(' '));
  for (const stream of ['log', 'error'] as const) vi.spyOn(console, stream).mockImplementation(collect);
  const output = () => lines.join('\n');
  return { deliver, printedUntil: (last, word) => readUntil(output, last, word), output };
}

/** Options of {@link testDeliveries}. */
export interface DeliveryOptions {
  /** The sender, and the words that the handler prints before the id of an event. */
  readonly sender?: (id: string, flaws?: Flaws, note?: string) => Signed;
  readonly printed?: string;
}

/**
 * A genuine delivery runs the handler once, also if it comes twice; one that is forged, old or too large never does.
 *
 * @param endpoint called within the tests, when the app has been started
 */
export function testDeliveries(
  endpoint: () => Endpoint,
  { sender = fromAcme, printed = 'acme user.created' }: DeliveryOptions = {},
): void {
  const word = printed.split(' ')[0] as string;
  const statusFor = (id: string, flaws: Flaws = {}, note = '') => statusOf(endpoint().deliver(sender(id, flaws, note)));

  it('runs the handler once for an event that comes twice', async () => {
    for (const id of ['msg_1', 'msg_1', 'msg_2']) expect(await statusFor(id)).toBe(200);
    const lines = [`${printed} msg_1`, `${printed} msg_2`];
    expect(await endpoint().printedUntil(`${printed} msg_2`, word)).toEqual(lines);
  });

  it('refuses what is forged, stale or too large, and takes what is almost as large', async () => {
    expect(await statusFor('forged', { isForged: true })).toBe(401);
    expect(await statusFor('stale', { ageSeconds: 301 })).toBe(401);
    expect(await statusFor('large', {}, 'x'.repeat(1_048_576))).toBe(413);
    expect(await statusFor('msg_3', {}, 'x'.repeat(1_048_000))).toBe(200);
    const lines = await endpoint().printedUntil(`${printed} msg_3`, word);
    expect(lines.filter((line) => / (?:forged|stale|large)$/.test(line))).toEqual([]);
  });
}

/** An ordinary route of the app still gets its JSON. */
export function testOrders(app: () => ChildApp): void {
  it('still parses JSON on its other route', async () => {
    const answer = await post(`${app().url}/orders`, '{"item":"tea"}');
    expect([answer.status, await answer.json()]).toEqual([200, { ordered: 'tea' }]);
  });
}
