import { describe, expect, it } from 'vitest';
import { presets } from './presets.ts';
import { deliveryOf, type RecordedDelivery, receiverOf, recordedDeliveries } from './recorded-delivery.ts';

it('has a recorded delivery of every preset, and no other', () => {
  expect([...new Set(recordedDeliveries.map(([, { provider }]) => provider))].sort()).toEqual(
    [...presets.keys()].sort(),
  );
  for (const [file, { source, signedBy }] of recordedDeliveries) {
    expect(source, file).toMatch(/\S/);
    expect(signedBy, file).toMatch(/\S/);
  }
});

describe.each(recordedDeliveries)('the recording %s', (_, recorded) => {
  const { headers, authenticatedBy, expected } = recorded;
  const delivery = deliveryOf(recorded);

  it('is accepted, and reports what it holds', async () => {
    const event = await receiverOf(recorded).verify(delivery);
    expect(event.id).toBe(expected.id);
    expect(event.type).toBe(expected.type);
    expect(event.createdAt?.toISOString()).toBe(expected.createdAt);
    expect(event.signed).toEqual(expected.signed);
    expect(event.signedAt?.getTime()).toBe(expected.signed.timestamp ? recorded.at * 1000 : undefined);
    expect((await event.identity()).from).toBe(expected.identityFrom);
    expect(event.payload).toMatchObject(expected.payload ?? {});
    expect(event.text()).toBe(recorded.body);
  });

  it('is accepted with header names as the sender writes them, and passes the look at its headers', async () => {
    const inCapitals = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
        value,
      ]),
    );
    await receiverOf(recorded).verify({ ...delivery, headers: inCapitals });
    expect(receiverOf(recorded).screen({ headers: inCapitals, method: 'POST' })).toBeUndefined();
  });

  if (expected.signed.body) {
    it('is refused after a change of any byte of its body, and with one more or less', async () => {
      const receiver = receiverOf(recorded);
      const { body } = delivery;
      const changes = [...body.keys()].map((at) => withChangedByte(body, at));
      changes.push(body.slice(0, -1), body.slice(1), new Uint8Array([...body, 0x20]), new Uint8Array());
      for (const changed of changes) {
        await expect(receiver.verify({ ...delivery, body: changed })).rejects.toMatchObject({
          code: 'signature_mismatch',
        });
      }
      expect(changes).toHaveLength(body.length + 4);
    });
  } else {
    it('is accepted with another body, which its event says is not signed', async () => {
      const receiver = receiverOf(recorded);
      const event = await receiver.verify({ ...delivery, body: withChangedByte(delivery.body, 1) });
      expect(event.signed.body).toBe(false);
      expect(await event.identity()).not.toEqual(await (await receiver.verify(delivery)).identity());
    });
  }

  it('is refused with another secret', async () => {
    const receiver = receiverOf(recorded, { secret: otherSecretFor(recorded) });
    await expect(receiver.verify(delivery)).rejects.toMatchObject({ code: 'signature_mismatch' });
  });

  it.each(authenticatedBy)('is refused without its header %s', async (missing) => {
    const { [missing]: _, ...rest } = headers;
    const receiver = receiverOf(recorded);
    await expect(receiver.verify({ ...delivery, headers: rest })).rejects.toMatchObject({ code: 'header_missing' });
    expect(receiver.screen({ headers: rest })).toMatchObject({ code: 'header_missing' });
  });

  if (expected.signed.timestamp) {
    it('is accepted 300 s away from its time and refused 301 s away', async () => {
      for (const secondsLater of [-300, 300]) {
        await receiverOf(recorded, { secondsLater }).verify(delivery);
      }
      const late = receiverOf(recorded, { secondsLater: 301 });
      await expect(late.verify(delivery)).rejects.toMatchObject({ code: 'timestamp_too_old' });
      const early = receiverOf(recorded, { secondsLater: -301 });
      await expect(early.verify(delivery)).rejects.toMatchObject({ code: 'timestamp_too_new' });
    });
  } else {
    it('is accepted a year later, since no time is signed', async () => {
      const event = await receiverOf(recorded, { secondsLater: 31_536_000 }).verify(delivery);
      expect(event.signedAt).toBeUndefined();
    });
  }
});

function withChangedByte(body: Uint8Array, at: number): Uint8Array {
  return body.with(at, (body[at] as number) ^ 1);
}

/** A secret of the same form and another value. */
function otherSecretFor({ secret, provider }: RecordedDelivery): string {
  const isDecoded = provider === 'standard-webhooks' || provider === 'svix';
  return isDecoded ? `whsec_${'QUJDRA'.repeat(6).slice(0, 32)}` : [...secret].reverse().join('');
}
