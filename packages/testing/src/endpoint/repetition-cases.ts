/** Deliveries after the first attempt: the same again, many at once, again after a failure. */

import { isAccepted } from './answers.ts';
import type { EndpointCase } from './endpoint-case.ts';
import type { Finding } from './findings.ts';
import { withoutId } from './left-out-reasons.ts';

const copies = 10;
/** The responses that an endpoint may give while the first of several copies is in progress. */
const inFlight = [408, 409, 423, 425, 429, 500, 502, 503, 504];

export const repetitionCases: readonly EndpointCase[] = [
  {
    id: 'replay',
    needsEffects: true,
    title: 'the same bytes sent again are acknowledged, or refused, and do not take effect again',
    meaning: 'The endpoint handles the same delivery twice. Remember the ids of handled events.',
    async run(subject, rule) {
      const id = subject.newId();
      const delivery = await subject.sign(id);
      const first = await subject.send(delivery);
      const second = await subject.send(delivery);
      const fitting = second.status >= 400 && second.status < 500 ? 'refused' : 'accepted';
      const checks = [
        { what: 'the first time', answer: first, rule: 'accepted' as const },
        { what: 'the second time', answer: second, rule: rule ?? fitting },
      ];
      return { checks, effects: { id, expected: [1] } };
    },
  },
  {
    id: 'duplicate',
    needsEffects: true,
    title: 'the same event, signed again, is acknowledged and does not take effect again',
    meaning: 'The endpoint handles an event every time it is delivered. Remember the ids of handled events.',
    leftOut: withoutId,
    async run(subject, rule = 'accepted') {
      const id = subject.newId();
      const checks = [];
      for (const what of ['the first time', 'the second time']) {
        const answer = await subject.send(await subject.sign(id));
        checks.push({ what, answer, rule: what === 'the first time' ? ('accepted' as const) : rule });
      }
      return { checks, effects: { id, expected: [1] } };
    },
  },
  {
    id: 'duplicates_at_once',
    needsEffects: true,
    title: `of ${copies} copies at once one takes effect, and none is lost`,
    meaning:
      'The endpoint checks whether an event is known and marks it in two steps, so copies get through in between. Claim it in one step.',
    closerMeaning: (_, earlier) =>
      ((earlier.get('replay') ?? earlier.get('duplicate'))?.effects ?? 0) > 1
        ? 'The endpoint handles each copy, as it does if they come one by one. Remember the ids of handled events, and claim each in one step.'
        : undefined,
    async run(subject, rule) {
      const id = subject.newId();
      const delivery = await subject.sign(id);
      const answers = await Promise.all(Array.from({ length: copies }, () => subject.send(delivery)));
      const accepted = answers.filter(({ status }) => status >= 200 && status < 300);
      const allowed = [...Array.from({ length: 100 }, (_, at) => 200 + at), ...inFlight];
      const checks = answers.map((answer, at) => ({ what: `copy ${at + 1}`, answer, rule: rule ?? allowed }));
      const [any = answers[0]] = accepted;
      if (any !== undefined)
        checks.push({ what: 'at least one of them', answer: any, rule: rule ?? 'accepted' } as never);
      return { checks, effects: { id, expected: [1] } };
    },
  },
  {
    id: 'retry_after_failure',
    needsEffects: true,
    title: 'an event whose handler failed is not acknowledged, and its retry takes effect',
    meaning:
      'The endpoint marks an event as handled before the handler has done its work, so a failure loses it. Mark it afterwards, or release the claim.',
    closerMeaning: retryMeaning,
    leftOut: ({ failing }) => (failing === undefined ? 'No option was given that makes the handler fail.' : undefined),
    async run(subject, rule = 'not_2xx') {
      const { failing } = subject.options;
      const id = subject.newId();
      await failing?.(true);
      let failed: Awaited<ReturnType<typeof subject.send>>;
      let effectsBefore: number | undefined;
      try {
        failed = await subject.send(await subject.sign(id));
        effectsBefore = await subject.effects(id);
      } finally {
        await failing?.(false);
      }
      const retried = await subject.send(await subject.sign(id));
      const checks = [
        { what: 'while the handler is made to fail', answer: failed, rule },
        { what: 'the retry', answer: retried, rule: 'accepted' as const },
      ];
      return { checks, effects: { id, expected: [1] }, effectsBefore };
    },
  },
  {
    id: 'hanging_handler',
    title: 'an event whose handler hangs is not acknowledged',
    meaning: 'The endpoint acknowledges before the work is done, or never stops waiting. Set a deadline.',
    closerMeaning: ({ effectsBefore = 0 }) =>
      effectsBefore > 0
        ? 'The event had taken effect with this response: either the handler was not made to hang, or nothing stops waiting for it. Set a deadline.'
        : undefined,
    leftOut: ({ hanging }) => (hanging === undefined ? 'No option was given that makes the handler hang.' : undefined),
    async run(subject, rule = 'not_2xx') {
      const { hanging } = subject.options;
      const id = subject.newId();
      await hanging?.(true);
      try {
        const answer = await subject.send(await subject.sign(id));
        return { checks: [{ answer, rule }], effectsBefore: await subject.effects(id) };
      } finally {
        await hanging?.(false);
      }
    },
  },
  {
    id: 'alive',
    title: 'after all that a genuine delivery is still accepted',
    meaning: 'One of the earlier deliveries has crashed the endpoint.',
    async run(subject, rule = 'accepted') {
      const id = subject.newId();
      return {
        checks: [{ answer: await subject.send(await subject.sign(id)), rule }],
        effects: { id, expected: [1] },
      };
    },
  },
];

/** The meaning if more is known than that something went wrong between a failure and its retry. */
function retryMeaning({ statuses: [failed = 0], effects, effectsBefore }: Finding): string | undefined {
  const isAcknowledged = isAccepted(failed);
  if (effects === undefined || effectsBefore === undefined)
    return isAcknowledged
      ? 'The endpoint acknowledges an event whose handler failed, so the sender does not retry, or the handler was not made to fail.'
      : undefined;
  if (effectsBefore > 0)
    return isAcknowledged
      ? 'The handler was not made to fail: the event took effect while it should have failed. Nothing is known about a retry.'
      : 'The handler took effect before it failed, and that was not undone. Undo it with the failure, or let it fail before its effect.';
  if (effects > 1)
    return 'The event took effect more than once: either the handler was not made to fail, or its retry was handled twice.';
  return isAcknowledged && effects === 1
    ? 'The endpoint acknowledges an event before the handler has done its work, so the sender does not retry after a failure. Acknowledge it afterwards.'
    : undefined;
}
