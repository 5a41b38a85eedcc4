/** The calls of each library that are known, and how each is rewritten. */

import { findBodyParser, receiverOf } from '../project/known-calls.ts';
import {
  calledName,
  childrenOf,
  fieldOf,
  isCall,
  isMember,
  isWholeObject,
  keyName,
  type Syntax,
  unwrap,
} from '../project/syntax.ts';
import { awaitAt, awaitedOf, bodyCode, isStatement, secretCode, sourceOf } from './call-parts.ts';
import type { FileFacts, FoundCall, NeededReceiver, Rewrite } from './found-call.ts';

const insideSecret =
  'its secret is only known inside a function; create the receiver with a function for secrets, such as secretsByTenant(), and call receiver.verify().';
const byHand = 'call receiver.verify({ headers, body }) instead; docs/migration.md shows how.';

/** All calls of a file, in its order. */
export function findCalls(facts: FileFacts): readonly FoundCall[] {
  const { file } = facts;
  const found = file.calls.flatMap((call) => {
    const one =
      stripeCall(facts, call) ?? webhookCall(facts, call) ?? octokitCall(facts, call) ?? clerkCall(facts, call);
    return one === undefined ? [] : [{ call, ...one }];
  });
  return [
    ...found,
    ...lonelyWebhooks(
      facts,
      found.map(({ call }) => call),
    ),
  ].sort((left, right) => left.line - right.line);
}

/** `stripe.webhooks.constructEvent(body, signature, secret)`. */
function stripeCall(facts: FileFacts, call: Syntax): FoundCall | undefined {
  const { file, isTyped } = facts;
  const name = calledName(call);
  const owner = unwrap(receiverOf(call));
  if (
    (name !== 'constructEvent' && name !== 'constructEventAsync') ||
    !isMember(owner) ||
    keyName(owner) !== 'webhooks'
  )
    return undefined;
  const what = `stripe.webhooks.${name}`;
  const left = (reason: string): FoundCall => ({ line: call.line, what, outcome: { left: reason } });
  const [body, signature, secret, tolerance, ...more] = childrenOf(call, 'arguments');
  if (body === undefined || signature === undefined || secret === undefined || more.length > 0) return left(byHand);
  const seconds = tolerance === undefined ? undefined : unwrap(tolerance);
  if (seconds !== undefined && (seconds.type !== 'NumericLiteral' || !isTolerance(seconds.value)))
    return left(
      'its tolerance is not a whole number of seconds here; pass it to createReceiver() as toleranceSeconds.',
    );
  const cast = isTyped ? stripeType(facts) : undefined;
  return {
    line: call.line,
    what,
    outcome: verification(facts, call, {
      isPromise: name === 'constructEventAsync',
      body,
      headers: `{ 'stripe-signature': ${sourceOf(file, signature)} }`,
      receiver: (code) => ({
        id: 'stripe',
        exportName: 'stripe',
        secret: code,
        toleranceSeconds: seconds === undefined ? undefined : sourceOf(file, seconds),
      }),
      secret,
      cast: cast === undefined ? undefined : ' as unknown as Stripe.Event',
      type: cast,
    }),
  };
}

function isTolerance(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= 86_400;
}

function stripeType({ file }: FileFacts): Rewrite['type'] | undefined {
  const bound = file.topBinding('Stripe');
  const isFree = !file.pieces.some((piece) => piece.type === 'Identifier' && piece.name === 'Stripe');
  return bound?.module === 'stripe' || isFree ? { name: 'Stripe', from: 'stripe', isDefault: true } : undefined;
}

/** `new Webhook(secret).verify(body, headers)` of svix and standardwebhooks. */
function webhookCall(facts: FileFacts, call: Syntax): FoundCall | undefined {
  const { file, isTyped } = facts;
  if (calledName(call) !== 'verify') return undefined;
  const made = file.valueOf(receiverOf(call));
  const library = webhookLibrary(facts, made);
  if (made === undefined || library === undefined) return undefined;
  const what = `Webhook.verify of ${library}`;
  const left = (reason: string): FoundCall => ({ line: call.line, what, outcome: { left: reason } });
  const [secret, options] = childrenOf(made, 'arguments');
  const [body, headers, ...more] = childrenOf(call, 'arguments');
  if (options !== undefined || more.length > 0) return left(`it has options; ${byHand}`);
  if (body === undefined || headers === undefined) return left(byHand);
  const sender = senderOf(facts, library, headers);
  if (sender === undefined)
    return left(
      'its headers may begin with svix- or webhook-; pass an object with their names, or use the preset svix or standard-webhooks by hand.',
    );
  return {
    line: call.line,
    what,
    outcome: verification(facts, call, {
      isPromise: false,
      body,
      headers: sourceOf(file, unwrapType(headers)),
      receiver: (code) => ({ ...sender, secret: code }),
      secret,
      // What it returned was of no type.
      cast: isTyped ? ' as unknown' : undefined,
    }),
  };
}

function webhookLibrary({ file }: FileFacts, node: Syntax | undefined): 'svix' | 'standardwebhooks' | undefined {
  if (node?.type !== 'NewExpression') return undefined;
  const name = file.calleeOf(node);
  return name === 'svix.Webhook' ? 'svix' : name === 'standardwebhooks.Webhook' ? 'standardwebhooks' : undefined;
}

/** The package of Svix takes both kinds of names, and a preset takes one. */
function senderOf(
  { file }: FileFacts,
  library: 'svix' | 'standardwebhooks',
  headers: Syntax,
): Pick<NeededReceiver, 'id' | 'exportName'> | undefined {
  const standard = { id: 'standard-webhooks', exportName: 'standardWebhooks' };
  if (library === 'standardwebhooks') return standard;
  // Of types too, which count as well.
  const isClerk = /(?:from|require\() ?['"]@clerk\//.test(file.text);
  const object = file.valueOf(headers);
  if (object?.type !== 'ObjectExpression' || !isWholeObject(object))
    return isClerk ? { id: 'clerk', exportName: 'clerk' } : undefined;
  const names = childrenOf(object, 'properties').map((one) => keyName(one) ?? '');
  if (names.every((name) => /^svix-/i.test(name)))
    return isClerk ? { id: 'clerk', exportName: 'clerk' } : { id: 'svix', exportName: 'svix' };
  return names.every((name) => /^webhook-/i.test(name)) ? standard : undefined;
}

/** Without `as T`, which hides the type that a receiver checks. */
function unwrapType(node: Syntax): Syntax {
  return /^TS(?:As|NonNull|Satisfies)/.test(node.type) ? (unwrap(node) as Syntax) : node;
}

/** Verification classes whose calls are elsewhere, such as in a field. */
function lonelyWebhooks(facts: FileFacts, calls: readonly Syntax[]): readonly FoundCall[] {
  const { file } = facts;
  const used = new Set(calls.map((call) => file.valueOf(receiverOf(call))));
  return file.pieces.flatMap((piece): FoundCall[] => {
    const library = webhookLibrary(facts, piece);
    if (library === undefined || used.has(piece)) return [];
    return [
      {
        line: piece.line,
        what: `Webhook of ${library}`,
        outcome: { left: `its calls of verify() are not seen from here; ${byHand}` },
      },
    ];
  });
}

/** `verify`, `verifyAndReceive` and `createNodeMiddleware` of @octokit/webhooks. */
function octokitCall(facts: FileFacts, call: Syntax): FoundCall | undefined {
  const { file } = facts;
  const name = calledName(call);
  if (file.calleeOf(call) === '@octokit/webhooks.createNodeMiddleware') return nodeMiddleware(facts, call);
  if (file.calleeOf(call) === '@octokit/webhooks.createWebMiddleware')
    return {
      line: call.line,
      what: 'createWebMiddleware',
      outcome: { left: 'serve it with fetchHandler(receiver, handle) of @countersign/http/fetch.' },
    };
  if (name !== 'verify' && name !== 'verifyAndReceive') return undefined;
  const owner = receiverOf(call);
  const made = file.valueOf(owner);
  const isKnown = made?.type === 'NewExpression' && file.calleeOf(made) === '@octokit/webhooks.Webhooks';
  // The other name is too common without the class.
  if (owner === undefined || (!isKnown && name === 'verify')) return undefined;
  const what = `webhooks.${name}`;
  const left = (reason: string): FoundCall => ({ line: call.line, what, outcome: { left: reason } });
  if (!isKnown)
    return left(
      'its Webhooks is made elsewhere; create a receiver with its secret and verify before webhooks.receive().',
    );
  const secret = secretCode(file, secretOf(facts, made));
  if (secret === undefined) return left(insideSecret);
  const receiver = { id: 'github', exportName: 'github', secret };
  const given = childrenOf(call, 'arguments');
  const [first, second] = given;
  if (name === 'verify') {
    const body = bodyCode(file, first);
    if ('left' in body) return left(body.left);
    if (second === undefined || given.length > 2) return left(byHand);
    const delivery = `{ headers: { 'x-hub-signature-256': ${sourceOf(file, second)} }, body: ${body.code} }`;
    return {
      line: call.line,
      what,
      outcome: {
        receiver,
        replaced: call,
        code: (names) => `${names.receiver}.verify(${delivery}).then(() => true, () => false)`,
      },
    };
  }
  const [payload, signature] = [fieldOf(first, 'payload'), fieldOf(first, 'signature')];
  if (!isWholeObject(first) || payload === undefined || signature === undefined)
    return left(
      'its argument is not an object with payload and signature here; verify first, then call webhooks.receive().',
    );
  const body = bodyCode(file, payload);
  if ('left' in body) return left(body.left);
  const others = childrenOf(first, 'properties').filter((one) => !/^(?:payload|signature)$/.test(keyName(one) ?? ''));
  const event = [...others.map((one) => sourceOf(file, one)), 'payload'].join(', ');
  const delivery = `{ headers: { 'x-hub-signature-256': ${sourceOf(file, signature)} }, body: ${body.code} }`;
  const receive = `${sourceOf(file, owner)}.receive(${eventCode(facts, `{ ${event} }`, owner)})`;
  return {
    line: call.line,
    what,
    outcome: {
      receiver,
      replaced: call,
      code: (names) => `${names.receiver}.verify(${delivery}).then(({ payload }) => ${receive})`,
    },
  };
}

function secretOf({ file }: FileFacts, made: Syntax): Syntax | undefined {
  const options = file.valueOf(childrenOf(made, 'arguments')[0]);
  return isWholeObject(options) ? fieldOf(options, 'secret') : undefined;
}

/** The package's type lists the names that it knows; a sender adds others. */
function eventCode({ file, isTyped }: FileFacts, object: string, owner: Syntax): string {
  return isTyped ? `${object} as Parameters<typeof ${sourceOf(file, owner)}.receive>[0]` : object;
}

/** `app.use(createNodeMiddleware(webhooks, { path }))` in Express. */
function nodeMiddleware(facts: FileFacts, call: Syntax): FoundCall {
  const { file } = facts;
  const what = 'createNodeMiddleware';
  const left = (reason: string): FoundCall => ({ line: call.line, what, outcome: { left: reason } });
  const mounted =
    'serve it with nodeHandler(receiver, (event) => webhooks.receive(...)) of @countersign/http/node on its path.';
  const [owner, options, ...more] = childrenOf(call, 'arguments');
  const made = file.valueOf(owner);
  if (
    owner === undefined ||
    more.length > 0 ||
    made?.type !== 'NewExpression' ||
    file.calleeOf(made) !== '@octokit/webhooks.Webhooks'
  )
    return left(mounted);
  const secret = secretCode(file, secretOf(facts, made));
  if (secret === undefined) return left(insideSecret);
  const [use] = file.around(call);
  const app = isCall(use) ? receiverOf(use) : undefined;
  const isUse = isCall(use) && calledName(use) === 'use' && childrenOf(use, 'arguments').length === 1;
  if (use === undefined || app === undefined || !isUse || file.calleeOf(file.valueOf(app)) !== 'express')
    return left(mounted);
  const given = options === undefined ? undefined : file.valueOf(options);
  const names = childrenOf(given, 'properties').map((one) => keyName(one));
  const path = options === undefined ? '/api/github/webhooks' : file.textOf(fieldOf(given, 'path'));
  if (
    path === undefined ||
    !/^\/[\w./~-]*$/.test(path) ||
    (given !== undefined && (!isWholeObject(given) || names.length > 1))
  )
    return left(`its options are more than a path; ${mounted}`);
  const parser = file.calls.find(
    (one) =>
      one.start < use.start &&
      childrenOf(one, 'arguments').some((argument) => findBodyParser(file, argument) !== undefined),
  );
  if (parser !== undefined)
    return left(`a body parser runs before it (line ${parser.line}); move this above it, then run this again.`);
  const event = eventCode(facts, '{ id: event.id, name: event.type, payload: event.payload }', owner);
  return {
    line: call.line,
    what,
    outcome: {
      receiver: { id: 'github', exportName: 'github', secret },
      replaced: use,
      usesExpress: true,
      code: ({ receiver, webhook }) =>
        `${sourceOf(file, app)}.post('${path}', ${webhook}(${receiver}, (event) => ${sourceOf(file, owner)}.receive(${event})))`,
    },
  };
}

const clerkModule = /^@clerk\/([\w-]+)\/webhooks\.verifyWebhook$/;
/** Whose requests are those of fetch, and whose are Node's with the body in `body`. */
const fetchClerk = new Set(['nextjs', 'backend', 'astro', 'react-router', 'remix', 'tanstack-react-start']);

/** Clerk's `verifyWebhook(request, { signingSecret })`. */
function clerkCall(facts: FileFacts, call: Syntax): FoundCall | undefined {
  const { file, isTyped } = facts;
  const package_ = clerkModule.exec(file.calleeOf(call) ?? '')?.[1];
  if (package_ === undefined) return undefined;
  const what = `verifyWebhook of @clerk/${package_}`;
  const left = (reason: string): FoundCall => ({ line: call.line, what, outcome: { left: reason } });
  const [request, options] = childrenOf(call, 'arguments');
  const object = options === undefined ? undefined : file.valueOf(options);
  const given = fieldOf(object, 'signingSecret');
  if (options !== undefined && (!isWholeObject(object) || given === undefined))
    return left(`its options are not seen from here; ${byHand}`);
  if (request?.type !== 'Identifier') return left(byHand);
  const name = sourceOf(file, request);
  const isFetch = fetchClerk.has(package_);
  if (!isFetch && package_ !== 'express') return left(byHand);
  const secret = given === undefined ? 'process.env.CLERK_WEBHOOK_SIGNING_SECRET ?? []' : secretCode(file, given);
  if (secret === undefined) return left(insideSecret);
  const waiting = awaitAt(facts, call);
  if ('left' in waiting) return left(waiting.left);
  const replaced = awaitedOf(file, call);
  if (replaced === call) return left('its promise is not awaited here; await it, then run this again.');
  const body = isFetch ? `new Uint8Array(await ${name}.arrayBuffer())` : `Buffer.from(${name}.body)`;
  const verified = (receiver: string) => `await ${receiver}.verify({ headers: ${name}.headers, body: ${body} })`;
  const isUnused = isStatement(file, replaced);
  return {
    line: call.line,
    what,
    outcome: {
      receiver: { id: 'clerk', exportName: 'clerk', secret },
      replaced,
      ...waiting,
      code: ({ receiver }) =>
        isUnused
          ? verified(receiver)
          : payloadOf(verified(receiver), isTyped ? ' as unknown as WebhookEvent' : undefined),
      type:
        isTyped && !isUnused
          ? { name: 'WebhookEvent', from: `@clerk/${package_}/webhooks`, isDefault: false }
          : undefined,
    },
  };
}

interface Verification {
  readonly isPromise: boolean;
  readonly body: Syntax;
  readonly headers: string;
  readonly receiver: (secret: string) => NeededReceiver;
  readonly secret: Syntax | undefined;
  readonly cast?: string | undefined;
  readonly type?: Rewrite['type'] | undefined;
}

/** A call that returns the payload, as a call of `receiver.verify()`. */
function verification(facts: FileFacts, call: Syntax, parts: Verification): FoundCall['outcome'] {
  const { file } = facts;
  const secret = secretCode(file, parts.secret);
  if (secret === undefined) return { left: insideSecret };
  const body = bodyCode(file, parts.body);
  if ('left' in body) return body;
  const waiting = awaitAt(facts, call);
  if ('left' in waiting) return waiting;
  const replaced = awaitedOf(file, call);
  if (parts.isPromise && replaced === call)
    return { left: 'its promise is not awaited here; await it, then run this again.' };
  const isUnused = isStatement(file, replaced);
  const verified = (receiver: string) =>
    `await ${receiver}.verify({ ${parts.headers === 'headers' ? 'headers' : `headers: ${parts.headers}`}, body: ${body.code} })`;
  return {
    receiver: parts.receiver(secret),
    replaced,
    ...waiting,
    code: ({ receiver }) => (isUnused ? verified(receiver) : payloadOf(verified(receiver), parts.cast)),
    type: isUnused ? undefined : parts.type,
  };
}

function payloadOf(verified: string, cast: string | undefined): string {
  return cast === undefined ? `(${verified}).payload` : `((${verified}).payload${cast})`;
}
