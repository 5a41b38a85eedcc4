import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCases } from '../cases.ts';
import { secrets, senders } from '../senders.ts';
import { createApp } from '../server.ts';
import { start } from '../start.ts';

describe('the Express example', () => {
  let app: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    app = await start();
  });
  afterAll(() => {
    app.server.close();
  });

  for (const sender of senders) {
    it(`answers each delivery of ${sender.title} as it must, and handles each event once`, async () => {
      const before = app.handled.length;
      let count = 0;
      for await (const row of runCases(sender, app)) {
        expect(row.expected, `${row.name}: ${row.status} ${row.outcome} ${row.reason}`).toBeUndefined();
        count++;
      }
      expect(count).toBeGreaterThanOrEqual(8);
      const handled = app.handled.slice(before);
      expect(new Set(handled).size).toBe(handled.length);
    });
  }

  it('marks a row that is not what it must be, as a control', async () => {
    const [sender] = senders;
    if (sender === undefined) throw new Error('no sender');
    const liar = { ...sender, deliver: (id: string) => sender.deliver(id, { wrongSecret: true }) };
    const rows = [];
    for await (const row of runCases(liar, app)) rows.push(row);
    expect(rows.filter(({ expected }) => expected !== undefined).length).toBeGreaterThan(3);
  });

  it('does not start without its secrets', () => {
    expect(() => createApp({ secrets: { ...secrets, clawget: undefined }, handle: () => undefined })).toThrow(
      /clawget needs the signing secret, but it is not set/,
    );
  });
});
