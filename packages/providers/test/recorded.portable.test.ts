import { isWebhookError, type WebhookEvent } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { headRefusal } from './head-refusal.ts';
import { presets } from './presets.ts';
import { deliveryOf, otherSecretOf, presetOf, receiverOf, recordedDeliveries } from './recorded-delivery.ts';

it('has a recorded delivery of every preset, and no other', () => {
  expect([...new Set(recordedDeliveries.map(([, { provider }]) => provider))].sort()).toEqual(
    [...presets.keys()].sort(),
  );
  for (const [file, { source, signedBy }] of recordedDeliveries) {
    expect(source, file).toMatch(/\S/);
    expect(signedBy, file).toMatch(/\S/);
  }
});

/**
 * Each byte is changed on node:crypto. Which backend computes makes no difference to what is looked at, so on Web Crypto each fifth is enough
 * but for the nightly run.
 */
const env: Readonly<Record<string, string | undefined>> = typeof process === 'object' ? process.env : {};
const step = env.COUNTERSIGN_BACKEND === 'web-crypto' && env.COUNTERSIGN_NIGHTLY !== '1' ? 5 : 1;

/**
 * What a sender can do wrong: never the receiver's own fault, which would be a defect here. Of certificates, only so many
 * are fetched a minute.
 */
const faultOf = (error: unknown) =>
  isWebhookError(error) ? (error.at === 'certificate' ? 'sender' : error.fault) : error;

describe.each(recordedDeliveries)('the recording %s', (_, recorded) => {
  const { headers, authenticatedBy, expected } = recorded;
  const delivery = deliveryOf(recorded);
  const { toleranceSeconds = 300, scheme } = presetOf(recorded);
  const { past, future } =
    typeof toleranceSeconds === 'number' ? { past: toleranceSeconds, future: toleranceSeconds } : toleranceSeconds;

  it('is accepted, and reports what it holds', async () => {
    const event = await receiverOf(recorded).verify(delivery);
    expect(event.id).toBe(expected.id);
    expect(event.type).toBe(expected.type);
    expect(event.createdAt?.toISOString()).toBe(expected.createdAt);
    expect(event.signed).toEqual(expected.signed);
    const hasTime = expected.signed.timestamp && expected.hasNoTimeOfSigning !== true;
    expect(event.signedAt?.getTime()).toBe(hasTime ? Math.round(recorded.at * 1000) : undefined);
    expect((await event.identity()).from).toBe(expected.identityFrom);
    if (expected.payload !== undefined) expect(event.payload).toMatchObject(expected.payload as object);
    expect(event.text()).toBe(recorded.body);
  });

  if (expected.events !== undefined) {
    it('is taken apart into its events, each with an identity of its own', async () => {
      const events = (await receiverOf(recorded).verify(delivery)).split();
      expect(events.map(({ id, type }) => ({ id, type }))).toEqual(
        expected.events?.map(({ id, type }) => ({ id, type })),
      );
      const keys = await Promise.all(events.map(async (event) => (await event.identity()).key));
      expect(new Set(keys).size).toBe(events.length);
    });
  }

  it('is accepted with header names as the sender writes them, and passes the look at its headers', async () => {
    const inCapitals = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
        value,
      ]),
    );
    await receiverOf(recorded).verify({ ...delivery, headers: inCapitals });
    expect(await headRefusal(receiverOf(recorded), { ...delivery, headers: inCapitals })).toBeUndefined();
  });

  if (expected.signed.body) {
    it('is refused after a change of any byte of its body, and with one more or less', async () => {
      const receiver = receiverOf(recorded);
      const { body } = delivery;
      const places = [...body.keys()].filter((at) => at % step === 0);
      const changes = places.map((at) => withChangedByte(body, at));
      if (body.length > 0) changes.push(body.slice(0, -1), body.slice(1));
      changes.push(new Uint8Array([...body, 0x20]));
      if (body.length > 0) changes.push(new Uint8Array());
      const original = await (await receiver.verify(delivery)).identity();
      let refused = 0;
      for (const changed of changes) {
        const result = await receiver.verify({ ...delivery, body: changed }).catch(faultOf);
        if (recorded.unsignedBytes !== undefined && typeof result === 'object' && result !== null) {
          expect(await (result as WebhookEvent).identity(), new TextDecoder().decode(changed)).toEqual(original);
        } else {
          expect(result, new TextDecoder().decode(changed)).toBe('sender');
          refused++;
        }
      }
      expect(refused).toBeGreaterThan(changes.length / 4);
      expect(changes).toHaveLength(body.length > 0 ? places.length + 4 : 1);
      // Thousands of chains of certificates, for some.
    }, 60_000);
  } else if (recorded.body !== '') {
    it('says that its body is not signed, and is another event with another body', async () => {
      const receiver = receiverOf(recorded);
      const event = await receiver.verify(delivery);
      expect(event.signed.body).toBe(false);
      const changed = { ...delivery, body: new Uint8Array([...delivery.body, 0x20]) };
      const other = await receiver.verify(changed).catch(faultOf);
      if (typeof other === 'object' && other !== null && scheme.kind === 'shared_token') {
        expect(await (other as typeof event).identity()).not.toEqual(await event.identity());
      }
    });
  }

  if (recorded.secret !== undefined) {
    it('is refused with another secret', async () => {
      const receiver = receiverOf(recorded, { secret: otherSecretOf(recorded) });
      const refusal = await receiver.verify(delivery).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: expect.stringMatching(/^(?:signature_mismatch|key_unknown)$/) });
    });
  }

  if (recorded.otherKey !== undefined) {
    it('is refused with another key', async () => {
      const receiver = receiverOf(recorded, { key: recorded.otherKey as string });
      await expect(receiver.verify(delivery)).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:signature_mismatch|key_unknown)$/),
      });
    });
  }

  it.each(authenticatedBy)('is refused without its header %s', async (missing) => {
    const { [missing]: _, ...rest } = headers;
    const receiver = receiverOf(recorded);
    await expect(receiver.verify({ ...delivery, headers: rest })).rejects.toMatchObject({ code: 'header_missing' });
    // Where an unsigned body may be a handshake, it has to be read first.
    const { handshakes = [] } = presetOf(recorded);
    if (handshakes.some(({ signed, when }) => !signed && (when.json !== undefined || when.form !== undefined))) return;
    expect(await headRefusal(receiver, { ...delivery, headers: rest })).toMatchObject({ code: 'header_missing' });
  });

  if (expected.signed.timestamp && ['hmac', 'public_key'].includes(scheme.kind)) {
    it(`is accepted ${past} s after its time and ${future} s before it, and refused beyond`, async () => {
      for (const secondsLater of [-future, past]) {
        await receiverOf(recorded, { secondsLater }).verify(delivery);
      }
      const late = receiverOf(recorded, { secondsLater: past + 1 });
      await expect(late.verify(delivery)).rejects.toMatchObject({ code: 'timestamp_too_old' });
      const early = receiverOf(recorded, { secondsLater: -future - 1 });
      await expect(early.verify(delivery)).rejects.toMatchObject({ code: 'timestamp_too_new' });
    });
  } else if (expected.signed.timestamp) {
    it('is refused a day later', async () => {
      const late = receiverOf(recorded, { secondsLater: 86_400 });
      await expect(late.verify(delivery)).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:token_expired|timestamp_too_old)$/),
      });
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
