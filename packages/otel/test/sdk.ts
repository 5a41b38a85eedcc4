/** The SDK of OpenTelemetry under test: 3, or 2 where vitest.config.ts leads the imports there. */

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { context, type MeterProvider, type TracerProvider } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import * as metricsSdk from '@opentelemetry/sdk-metrics';
import * as traceSdk from '@opentelemetry/sdk-trace';

/** The parts of a finished span that the tests read. */
export interface FinishedSpan {
  readonly name: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: number };
  readonly events: readonly { readonly name: string; readonly attributes?: Readonly<Record<string, unknown>> }[];
  readonly links: readonly { readonly context: { readonly traceId: string; readonly spanId: string } }[];
  readonly parentSpanContext?: { readonly spanId: string };
  readonly duration: readonly [seconds: number, nanoseconds: number];
  spanContext(): { readonly traceId: string; readonly spanId: string };
}

/** The generation of the SDK, which names its tracer provider. */
export const generation = 'BasicTracerProvider' in traceSdk ? 2 : 3;

/** The exporter takes 0 for its usual port. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Spans in memory, metrics at a Prometheus endpoint on a free port. */
export async function startSdk() {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const exporter = new traceSdk.InMemorySpanExporter();
  const sdk = traceSdk as unknown as Record<string, new (options: object) => TracerProvider>;
  const Provider = sdk.TracerProvider ?? sdk.BasicTracerProvider;
  const Processor = traceSdk.SimpleSpanProcessor as unknown as new (given: object) => object;
  const processor = new Processor(generation === 2 ? exporter : { exporter });
  if (Provider === undefined) throw new Error('This SDK has no tracer provider.');
  const tracerProvider = new Provider({ spanProcessors: [processor] });
  const port = await freePort();
  const prometheus = new PrometheusExporter({ host: '127.0.0.1', port, preventServerStart: true });
  await prometheus.startServer();
  const meterProvider = new metricsSdk.MeterProvider({ readers: [prometheus as never] });
  return {
    tracerProvider,
    meterProvider: meterProvider as MeterProvider,
    spans: () => exporter.getFinishedSpans() as unknown as readonly FinishedSpan[],
    /** The lines of the endpoint, without comments. */
    async scrape(): Promise<readonly string[]> {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      return (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    },
    async end() {
      await meterProvider.shutdown();
      context.disable();
    },
  };
}
