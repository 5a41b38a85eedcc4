/** The app behind an adapter during its contract: one receiver, one handler, and a journal of both. */

import {
  createReceiver,
  defineProvider,
  type Handler,
  type HandlerResponse,
  memoryStore,
  type Provider,
  type Receiver,
  timestampedHmac,
  type WebhookEvent,
} from '@countersign/core';

/** The secret that the contract signs with. */
export const contractSecret = 'contract-secret-0123456789abcdef';
/** The header with the signature. */
export const contractHeader = 'x-contract-signature';
/** Maximum run time of the app's handler, in seconds. */
export const contractDeadlineSeconds = 3;
/** Maximum body size that the receiver accepts, in bytes. */
export const contractMaxBodyBytes = 262_144;

/** The paths of the app, each for every method. */
export const contractPaths = {
  /** A complete route: `webhook(receiver, handle, options)`. */
  handler: '/handler',
  /** `webhookMiddleware(receiver, options)` as middleware, and behind it the app's own handler, which sends `answer(event)`. */
  middleware: '/middleware',
  /** A complete route after the framework's own JSON parser. */
  parsed: '/parsed',
  /** A complete route after code that has read the body. */
  drained: '/drained',
  /** A finished route behind `webhookMiddleware(receiver)` as middleware. */
  twice: '/twice',
  /** GET: the journal, as JSON. */
  journal: '/journal',
  /** An ordinary route, which responds with the parsed JSON body. */
  ordinary: '/ordinary',
} as const;

/** One line of the journal: an outcome reported by the receiver, or a run of the handler. */
export type JournalEntry =
  | { readonly outcome: string; readonly code?: string; readonly hint?: string }
  | { readonly run: string };

/** The parts that you mount with the adapter. */
export interface AdapterApp {
  readonly receiver: Receiver<WebhookEvent>;
  readonly handle: Handler<WebhookEvent>;
  /** The response of the app's own handler in middleware form; if it throws, let the framework see the error. */
  answer(event: WebhookEvent): Promise<{ status: number; headers: Record<string, string>; body: string | Uint8Array }>;
  /** The options of `webhook()`. */
  readonly options: { readonly diagnose?: boolean };
  /** The text to respond with at `contractPaths.journal`. */
  journal(): string;
}

const provider: Provider<object, 'secrets'> = defineProvider({
  name: 'contract',
  scheme: timestampedHmac({ header: contractHeader }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
});

/**
 * Makes the app; make one for each server. Uses nothing from Node, so it runs wherever adapters do.
 *
 * @example
 * const { receiver, handle, options, journal } = adapterApp();
 * const finished = nodeHandler(receiver, handle, options);
 */
export function adapterApp(): AdapterApp {
  const entries: JournalEntry[] = [];
  const seen = new Set<string>();
  const receiver = createReceiver({
    provider,
    secrets: contractSecret,
    dedupe: memoryStore(),
    maxBodyBytes: contractMaxBodyBytes,
    bodyTimeoutSeconds: 2,
    handlerTimeoutSeconds: contractDeadlineSeconds,
    onWarning: () => undefined,
    onOutcome(outcome) {
      const { code, hint } = outcome.kind === 'rejected' ? outcome.error : { code: undefined, hint: undefined };
      entries.push({ outcome: outcome.kind, ...(code !== undefined && { code }), ...(hint !== undefined && { hint }) });
    },
  }) as unknown as Receiver<WebhookEvent>;

  const inFlight = () => entries.filter((entry) => 'outcome' in entry && entry.outcome === 'in_flight').length;
  const act = async (event: WebhookEvent): Promise<HandlerResponse | undefined> => {
    const { id = '', do: what, x } = event.payload as { id?: string; do?: string; x?: unknown };
    const isFirst = !seen.has(id);
    seen.add(id);
    entries.push({ run: id });
    const inFlightBefore = inFlight();
    switch (what) {
      case 'answer':
        return { status: 202, headers: { 'content-type': 'text/plain', 'x-handler': 'yes' }, body: 'queued' };
      case 'echo':
        return { headers: { 'content-type': 'application/octet-stream' }, body: event.body };
      case 'show x':
        return { headers: { 'content-type': 'text/plain' }, body: `${String(x)} ${String(({} as { x?: unknown }).x)}` };
      case 'throw once':
        if (isFirst) throw new Error('thrown by the handler');
        return undefined;
      case 'answer once':
        return isFirst ? { status: Number(x), headers: { 'content-type': 'text/plain' }, body: 'no' } : undefined;
      case 'answer with fields of the connection':
        return {
          headers: {
            'content-type': 'text/plain',
            trailer: 'x',
            te: 'trailers',
            'content-length': '3',
            upgrade: 'h2c',
          },
          body: 'whole',
        };
      case 'answer 410':
        return { status: 410 };
      case 'answer late':
        if (isFirst) await new Promise((resolve) => setTimeout(resolve, contractDeadlineSeconds * 1000 + 300));
        return { status: Number(x), headers: { 'content-type': 'text/plain' }, body: 'late' };
      case 'wait for copies':
        await waitFor(() => inFlight() - inFlightBefore >= Number(x));
        return undefined;
      default:
        return undefined;
    }
  };
  return {
    receiver,
    // Not an async function: the first throw is synchronous; a rejection would not show the difference.
    handle(event) {
      const { do: what, id = '', x } = event.payload as { do?: string; id?: string; x?: number };
      if (what === 'return a Response') {
        const isFirst = !seen.has(id);
        seen.add(id);
        entries.push({ run: id });
        return new Response(isFirst ? '{"first":true}' : '{}', {
          status: isFirst ? (x as number) : 202,
          headers: { 'content-type': 'application/json', 'x-handler': 'yes' },
        });
      }
      if (what === 'throw at once, once' && !seen.has(id)) {
        seen.add(id);
        entries.push({ run: id });
        throw new Error('thrown by the handler');
      }
      return act(event);
    },
    async answer(event) {
      const { status = 200, headers = {}, body = '' } = (await act(event)) ?? {};
      return { status, headers, body: body as string | Uint8Array };
    },
    options: {},
    journal: () => JSON.stringify(entries),
  };
}

/** Waits until a condition is true, at most 4 s. */
async function waitFor(isSo: () => boolean): Promise<void> {
  for (let round = 0; round < 200 && !isSo(); round++) await new Promise((resolve) => setTimeout(resolve, 20));
}
