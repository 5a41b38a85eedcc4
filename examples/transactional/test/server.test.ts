import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../server.ts';

const secret = 'whsec_a_secret_of_the_example_0123456789';

describe('the transactional example', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-example-'));
  const file = join(folder, 'payments.db');
  let server: Server;
  let failures = 0;
  beforeAll(async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const app = await createApp({
      file,
      secret,
      afterBooking() {
        if (failures-- > 0) throw new Error('the mail server is down');
      },
    });
    server = await new Promise((resolve) => {
      const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
    });
  });
  afterAll(() => {
    server.close();
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true, force: true });
  });

  const deliver = async (id: string, type = 'invoice.paid') => {
    const object = { id: `in_${id}`, object: 'invoice', amount_paid: 4750 };
    const body = JSON.stringify({ id, object: 'event', type, created: 1, livemode: false, data: { object } });
    const header = new Stripe('sk_test_unused').webhooks.generateTestHeaderString({ payload: body, secret });
    const { port } = server.address() as AddressInfo;
    const headers = { 'content-type': 'application/json', 'stripe-signature': header };
    return (await fetch(`http://127.0.0.1:${port}/webhooks/stripe`, { method: 'POST', headers, body })).status;
  };
  const booked = (id: string) =>
    new DatabaseSync(file).prepare('SELECT cents FROM payments WHERE invoice = ?').all(`in_${id}`).length;

  it('books a payment once, however often it is told', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver('evt_1')));
    expect(answers).toContain(200);
    expect(answers.every((status) => status === 200 || status === 503)).toBe(true);
    expect(await deliver('evt_1')).toBe(200);
    expect(booked('evt_1')).toBe(1);
  });

  it('books nothing where the handler fails, and once when it succeeds', async () => {
    failures = 2;
    expect([await deliver('evt_2'), await deliver('evt_2'), booked('evt_2')]).toEqual([500, 500, 0]);
    expect([await deliver('evt_2'), booked('evt_2')]).toEqual([200, 1]);
  });

  it('acknowledges what it does not handle', async () => {
    expect([await deliver('evt_3', 'invoice.voided'), booked('evt_3')]).toEqual([200, 0]);
  });
});
