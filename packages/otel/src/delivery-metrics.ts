/** The metrics of receivers. Names and units: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/ */

import type { OutcomeReport } from '@countersign/core/observe';
import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';
import type { BoundedValues } from './bounded-values.ts';

/** The bounds that the conventions advise for durations, in seconds. */
const durationBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Ages go up to the days for which some senders retry with the first signature. */
const ageBounds = [1, 5, 15, 60, 300, 900, 3600, 21_600, 86_400, 259_200];

const stages = ['read', 'verify', 'claim', 'complete', 'total'] as const;

/** The instruments, and the attributes that they get. */
export class DeliveryMetrics {
  readonly #values: BoundedValues;
  readonly #hasTenants: boolean;
  readonly #events: Counter;
  readonly #processed: Histogram;
  readonly #stages: Histogram;
  readonly #age: Histogram;
  readonly #remarks: Counter;
  readonly #secrets: Counter;

  constructor(meter: Meter, values: BoundedValues, hasTenants: boolean) {
    this.#values = values;
    this.#hasTenants = hasTenants;
    this.#events = meter.createCounter('countersign.events', {
      unit: '{event}',
      description: 'Outcomes of deliveries and of the events in them',
    });
    this.#processed = meter.createHistogram('messaging.process.duration', {
      unit: 's',
      description: 'Run time of handlers',
      advice: { explicitBucketBoundaries: durationBounds },
    });
    this.#stages = meter.createHistogram('countersign.stage.duration', {
      unit: 's',
      description: 'Durations of reading, verifying, claiming and completing, and of the whole',
      advice: { explicitBucketBoundaries: durationBounds },
    });
    this.#age = meter.createHistogram('countersign.signature.age', {
      unit: 's',
      description: 'Time from signing to arrival',
      advice: { explicitBucketBoundaries: ageBounds },
    });
    this.#remarks = meter.createCounter('countersign.remarks', {
      unit: '{remark}',
      description: 'Outcomes with a remark, such as completionLost or deadLettered',
    });
    this.#secrets = meter.createCounter('countersign.secret.matches', {
      unit: '{match}',
      description: 'Verified events by the secret or key that proved them',
    });
  }

  count(report: OutcomeReport): void {
    const { outcome, code, status, durations, remarks, late, secretId, signatureAgeSeconds } = report;
    const receiver = this.#receiverOf(report);
    const result: Attributes = {
      ...receiver,
      'countersign.outcome': outcome,
      ...(code !== undefined && { 'error.type': code }),
      ...(outcome === 'failed' && { 'error.type': 'handler' }),
    };
    this.#events.add(1, { ...result, 'countersign.late': late, 'http.response.status_code': status });
    if (durations.handle !== undefined)
      this.#processed.record(durations.handle, { ...result, 'countersign.late': late });
    for (const remark of remarks) this.#remarks.add(1, { ...receiver, 'countersign.remark': remark });
    // The stages before its deadline were counted then.
    if (late) return;
    for (const stage of stages)
      if (durations[stage] !== undefined)
        this.#stages.record(durations[stage], { ...receiver, 'countersign.stage': stage });
    if (signatureAgeSeconds !== undefined) this.#age.record(signatureAgeSeconds, receiver);
    const secret = this.#values.pass('countersign.secret.id', secretId);
    if (secret !== undefined) this.#secrets.add(1, { ...receiver, 'countersign.secret.id': secret });
  }

  #receiverOf({ provider, namespace, tenant }: OutcomeReport): Attributes {
    const bounded = this.#hasTenants ? this.#values.pass('countersign.tenant', tenant) : undefined;
    return {
      'messaging.system': 'webhook',
      'messaging.operation.name': 'process',
      'messaging.destination.name': namespace,
      'countersign.provider': provider,
      ...(bounded !== undefined && { 'countersign.tenant': bounded }),
    };
  }
}
