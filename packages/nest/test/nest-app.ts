/** What the tests of the adapter share: real Nest apps on both platforms, GitHub's own signer, and what the receiver saw. */

import 'reflect-metadata';
import { createReceiver, memoryStore, type Outcome, type ReceiverPolicy } from '@countersign/core';
import { WebhooksModule } from '@countersign/nest';
import { github } from '@countersign/providers/github';
import {
  Controller,
  type ControllerOptions,
  type DynamicModule,
  type INestApplication,
  type LoggerService,
  Module,
  type ModuleMetadata,
  type NestApplicationOptions,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { sign } from '@octokit/webhooks-methods';

export const secret = 'a_secret_of_the_tests_0123456789';
export const otherSecret = 'somebody_else_made_this_secret_up';

export const platforms = ['Express', 'Fastify'] as const;
export type Platform = (typeof platforms)[number];

export interface Method {
  readonly decorators: readonly MethodDecorator[];
  readonly parameters?: readonly ParameterDecorator[];
  readonly run: (...given: never[]) => unknown;
}

/** A controller, with its decorators applied as calls: what runs these tests leaves decorators in. */
export function controllerOf(
  options: ControllerOptions | string,
  methods: Readonly<Record<string, Method>>,
  ...decorators: readonly ClassDecorator[]
): Type {
  class TestController {}
  for (const [name, { decorators: own, parameters = [], run }] of Object.entries(methods)) {
    // Nest keeps what decorators say on the function, so each method is a function of its own.
    const value = (...given: never[]) => run(...given);
    const descriptor = { value, writable: true, configurable: true };
    Object.defineProperty(TestController.prototype, name, descriptor);
    for (const [index, decorate] of parameters.entries()) decorate(TestController.prototype, name, index);
    for (const decorate of own) decorate(TestController.prototype, name, descriptor);
  }
  for (const decorate of decorators) decorate(TestController);
  Controller(options as string)(TestController);
  return TestController;
}

export function moduleOf(metadata: ModuleMetadata): Type {
  class TestModule {}
  Module(metadata)(TestModule);
  return TestModule;
}

/** A receiver for GitHub, and what became of each delivery. */
export function receiverOf(policy: Partial<ReceiverPolicy> = {}) {
  const outcomes: Outcome[] = [];
  const receiver = createReceiver({
    provider: github,
    secrets: secret,
    dedupe: memoryStore(),
    onWarning: () => undefined,
    onOutcome: (outcome) => void outcomes.push(outcome as Outcome),
    ...policy,
  });
  const reasons = () => outcomes.map((one) => (one.kind === 'rejected' ? one.error.code : one.kind));
  return { receiver, outcomes, reasons };
}

export const withReceiver = (receiver: ReturnType<typeof receiverOf>['receiver']): DynamicModule =>
  WebhooksModule.forRoot({ receivers: { github: receiver } });

/** Keeps what Nest logs. */
export class KeptLogs implements LoggerService {
  readonly lines: string[] = [];
  log(...given: unknown[]) {
    this.lines.push(given.map(String).join(' '));
  }
  error(...given: unknown[]) {
    this.log(...given);
  }
  warn(...given: unknown[]) {
    this.log(...given);
  }
  /** Each route that Nest has mapped; the path is without a version in the URL. */
  get routes(): readonly { readonly method: string; readonly path: string; readonly version: string }[] {
    return this.lines.flatMap((line) => {
      const [, path, method, version = ''] = /Mapped \{([^,]+), (\w+)\}(?: \(version: (\w+)\))?/.exec(line) ?? [];
      return path === undefined || method === undefined ? [] : [{ method, path, version }];
    });
  }
}

export interface Served {
  readonly url: string;
  readonly app: INestApplication;
  readonly logs: KeptLogs;
}

const running: INestApplication[] = [];

/** Serves an app on a free port until {@link closeAll}. */
export async function serve(
  platform: Platform,
  module: Type,
  configure: (app: INestApplication) => void = () => undefined,
  options: NestApplicationOptions = { rawBody: true },
): Promise<Served> {
  const logs = new KeptLogs();
  const all = { abortOnError: false, logger: logs, ...options };
  const app =
    platform === 'Express'
      ? await NestFactory.create(module, all)
      : await NestFactory.create(module, new FastifyAdapter({ forceCloseConnections: true }), all);
  running.push(app);
  configure(app);
  await app.listen(0, '127.0.0.1');
  return { url: (await app.getUrl()).replace('[::1]', '127.0.0.1'), app, logs };
}

export async function closeAll(): Promise<void> {
  for (const app of running.splice(0)) await app.close();
}

/** Ids are unique in a run, as GitHub's are. */
let deliveries = 0;

/** A delivery as GitHub posts it, signed by GitHub's own package. */
export async function delivery(content: object | string = {}, signedWith = secret, type = 'application/json') {
  const body =
    typeof content === 'string' ? content : JSON.stringify({ ref: `refs/heads/${deliveries++}`, ...content });
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': type,
      'x-github-event': 'push',
      'x-github-delivery': `delivery-${deliveries++}`,
      'x-hub-signature-256': await sign(signedWith, body),
      connection: 'close',
    } as Record<string, string>,
  };
}

export const forged = (content?: object | string) => delivery(content, otherSecret);

/** Status and body. */
export async function answerOf(response: Response | Promise<Response>): Promise<readonly [number, string]> {
  const answer = await response;
  return [answer.status, await answer.text()];
}

export const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
