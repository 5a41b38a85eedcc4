/** An observer for receivers that makes spans and metrics. */

import type { AnyEvent, Outcome } from '@countersign/core';
import { type HandlerStart, type Observer, type OutcomeReport, observer } from '@countersign/core/observe';
import {
  type Attributes,
  context,
  type MeterProvider,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { BoundedValues } from './bounded-values.ts';
import { DeliveryMetrics } from './delivery-metrics.ts';
import { senderContextOf } from './sender-context.ts';

/** The options of {@link openTelemetry}. */
export interface OpenTelemetryOptions {
  /** Default: the provider that the app has registered with the API. */
  readonly tracerProvider?: TracerProvider;
  /** Default: the provider that is registered with the API when the first outcome is known. */
  readonly meterProvider?: MeterProvider;
  /** True adds `messaging.message.id` to spans: the sender's id of the event. Never to metrics. Default false. */
  readonly ids?: boolean;
  /** True adds `countersign.tenant` to spans and metrics. Default false. */
  readonly tenants?: boolean;
  /**
   * True records what a handler threw, with message and stack, at its span. Default false: a message can quote the body, so only the
   * error's name is recorded.
   */
  readonly exceptions?: boolean;
  /** Largest number of values of each attribute; all others are `_OTHER`. Default 200. */
  readonly maxValues?: number;
}

const scope = '@countersign/otel';

/**
 * Makes one CONSUMER span for each event, with the handler running in it, and the metrics of a receiver.
 *
 * The span is a child of the active span, usually the HTTP server's. If the sender sends a `traceparent` of another trace, the span
 * is linked to it. One observer can serve all receivers.
 *
 * @example
 * const telemetry = openTelemetry();
 * const receiver = createReceiver({
 *   provider: stripe,
 *   secrets: process.env.STRIPE_WEBHOOK_SECRET,
 *   observe: telemetry,
 * });
 */
export function openTelemetry({
  tracerProvider = trace.getTracerProvider(),
  meterProvider,
  ids = false,
  tenants = false,
  exceptions = false,
  maxValues = 200,
}: OpenTelemetryOptions = {}): Observer<AnyEvent> {
  if (!Number.isInteger(maxValues) || maxValues < 1)
    throw new RangeError('maxValues: expected a whole number above 0.');
  const tracer = tracerProvider.getTracer(scope);
  const values = new BoundedValues(maxValues);
  let deliveryMetrics: DeliveryMetrics | undefined;
  // Not earlier: the API has no stand-in for meters, so those of a provider that is registered later would count nothing.
  const count = (report: OutcomeReport) => {
    deliveryMetrics ??= new DeliveryMetrics(
      (meterProvider ?? metrics.getMeterProvider()).getMeter(scope),
      values,
      tenants,
    );
    deliveryMetrics.count(report);
  };
  const spans = new WeakMap<AnyEvent, Span>();

  const startSpan = (
    event: AnyEvent,
    { provider, namespace, startedAt }: Pick<OutcomeReport, 'provider' | 'namespace' | 'startedAt'>,
    start?: HandlerStart,
  ) => {
    const active = context.active();
    const sender = start && senderContextOf(start.unsigned);
    const isOther = sender !== undefined && sender.traceId !== trace.getSpanContext(active)?.traceId;
    const attributes: Attributes = {
      'messaging.system': 'webhook',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': namespace,
      'countersign.provider': provider,
      ...(ids && event.id !== undefined && { 'messaging.message.id': event.id }),
    };
    const links = isOther ? [{ context: sender }] : [];
    return tracer.startSpan(
      `process ${namespace}`,
      { kind: SpanKind.CONSUMER, startTime: startedAt, attributes, links },
      active,
    );
  };

  return observer<AnyEvent>({
    runHandler(event, start, run) {
      const span = startSpan(event, start, start);
      spans.set(event, span);
      context.with(trace.setSpan(context.active(), span), run);
    },
    onOutcome(outcome, report) {
      count(report);
      if (report.late) return;
      const event = 'event' in outcome ? outcome.event : undefined;
      if (event === undefined) {
        // No event, so nothing to consume: a remark at the span of the request.
        trace.getActiveSpan()?.addEvent('countersign.outcome', {
          'countersign.outcome': report.outcome,
          ...(report.code !== undefined && { 'error.type': report.code }),
        });
        return;
      }
      const span = spans.get(event) ?? startSpan(event, report);
      endSpan(span, outcome, report);
    },
  });

  function endSpan(span: Span, outcome: Outcome<AnyEvent>, report: OutcomeReport): void {
    span.setAttributes(
      known({
        'countersign.outcome': report.outcome,
        'countersign.event.type': values.pass('countersign.event.type', report.eventType),
        'countersign.attempt': report.attempt,
        'countersign.secret.id': values.pass('countersign.secret.id', report.secretId),
        'countersign.signature.age': report.signatureAgeSeconds,
        'countersign.tenant': tenants ? values.pass('countersign.tenant', report.tenant) : undefined,
        'countersign.remarks': report.remarks.length > 0 ? [...report.remarks] : undefined,
        'http.response.status_code': report.status,
      }),
    );
    const errorType = errorTypeOf(outcome);
    if (errorType !== undefined) {
      span.setAttribute('error.type', errorType);
      span.setStatus({ code: SpanStatusCode.ERROR });
      if (exceptions && outcome.kind === 'failed') span.recordException(asException(outcome.cause));
    }
    span.end();
  }
}

/** The reason why an event was not handled; undefined for one that was. */
function errorTypeOf(outcome: Outcome<AnyEvent>): string | undefined {
  if (outcome.kind === 'rejected') return outcome.error.code;
  if (outcome.kind !== 'failed') return undefined;
  const { cause } = outcome;
  return cause instanceof Error && /^\w{1,64}$/.test(cause.name) ? cause.name : '_OTHER';
}

function asException(cause: unknown): Error | string {
  return cause instanceof Error ? cause : String(cause);
}

function known(attributes: Readonly<Record<string, Attributes[string]>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
