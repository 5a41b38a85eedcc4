/** Code as people write it for other verification libraries. Each exports `app` (Express), or `POST` (a function from Request to Response). */

/** One file, and what a migration makes of it. */
export interface Example {
  readonly title: string;
  readonly file: string;
  /** Whose package signs its deliveries. */
  readonly signer: 'stripe' | 'svix' | 'standardwebhooks' | 'github';
  /** The statuses for a genuine and a forged delivery, before and after. */
  readonly statuses: readonly [genuine: number, forged: number];
  /** Where the route itself is replaced, and so are its responses. */
  readonly after?: readonly [genuine: number, forged: number];
  readonly code: string;
  /** Lines that the new text has, and texts that it no longer has. */
  readonly has: readonly string[];
  readonly lacks: readonly string[];
}

/** The secret of all examples: one that each of the libraries takes. */
export const secret = 'whsec_c2VjcmV0IG9mIHRoaXMgdGVzdCBvbmx5IDAxMjM0NTY3ODk=';

export const examples: readonly Example[] = [
  {
    title: 'Stripe in Express, with the raw body and a try',
    file: 'express-stripe.ts',
    signer: 'stripe',
    statuses: [200, 400],
    code: `import express, { type Express } from 'express';
import Stripe from 'stripe';

const stripe = new Stripe('sk_test_unused');
const endpointSecret = process.env.HOOK_SECRET as string;

export const app: Express = express();

// Stripe needs the bytes.
app.post('/hook', express.raw({ type: 'application/json' }), async (req, res) => {
  const sig = req.headers['stripe-signature'] as string;
  let event: Stripe.Event;

  try {
    event = stripe.webhooks.constructEvent(req.body, sig, endpointSecret);
  } catch (err) {
    res.status(400).send(\`Webhook Error: \${(err as Error).message}\`);
    return;
  }

  switch (event.type) {
    case 'invoice.paid':
      res.json({ paid: event.data.object.id });
      return;
    default:
      res.json({ received: true });
  }
});
`,
    has: [
      "import { stripe as stripePreset } from '@countersign/providers/stripe';",
      '  secrets: () => process.env.HOOK_SECRET ?? [],',
      "    event = ((await stripeReceiver.verify({ headers: { 'stripe-signature': sig }, body: Buffer.from(req.body) })).payload as unknown as Stripe.Event);",
      '// Stripe needs the bytes.',
    ],
    lacks: ['constructEvent('],
  },
  {
    title: 'Stripe in Express 5 as CommonJS, in a function that is not async, with double quotes and no semicolons',
    file: 'express-stripe.cjs',
    signer: 'stripe',
    statuses: [200, 400],
    code: `const express = require("express")
const stripe = require("stripe")("sk_test_unused")

const app = express()
const endpointSecret = "${secret}"

app.post("/hook", express.raw({ type: "application/json" }), (request, response) => {
  let event
  try {
    event = stripe.webhooks.constructEvent(request.body, request.headers["stripe-signature"], endpointSecret, 600)
  } catch (err) {
    return response.status(400).send(err.message)
  }
  response.json({ type: event.type })
})

module.exports = { app }
`,
    has: [
      'const { createReceiver } = require("@countersign/core")',
      'const { stripe: stripePreset } = require("@countersign/providers/stripe")',
      '  secrets: () => endpointSecret,',
      '  toleranceSeconds: 600,',
      'express.raw({ type: "application/json" }), async (request, response) => {',
    ],
    lacks: ['constructEvent(', "'"],
  },
  {
    title: 'Stripe in a route handler, with constructEventAsync and the text of the body',
    file: 'route-stripe.ts',
    signer: 'stripe',
    statuses: [200, 400],
    code: `import Stripe from "stripe";
import { createHash } from "node:crypto";

const client = new Stripe("sk_test_unused");

export async function POST(request: Request): Promise<Response> {
  const body = await request.text();
  const secret = process.env.HOOK_SECRET!;
  try {
    const event = await client.webhooks.constructEventAsync(body, request.headers.get("stripe-signature")!, secret);
    return Response.json({ type: event.type, digest: createHash("sha256").update(body).digest("hex") });
  } catch {
    return new Response("refused", { status: 400 });
  }
}
`,
    has: [
      'body: new TextEncoder().encode(body)',
      'import { stripe } from "@countersign/providers/stripe";',
      '  secrets: () => process.env.HOOK_SECRET ?? [],',
    ],
    lacks: ['constructEventAsync', 'Buffer.from'],
  },
  {
    title: 'Svix, with its headers by name, and a check of the variable first',
    file: 'route-svix.ts',
    signer: 'svix',
    statuses: [200, 400],
    code: `import { Webhook } from 'svix';

export async function POST(req: Request): Promise<Response> {
  const WEBHOOK_SECRET = process.env.HOOK_SECRET;
  if (!WEBHOOK_SECRET) throw new Error('Set HOOK_SECRET.');

  const svix_id = req.headers.get('svix-id') ?? '';
  const payload = await req.text();
  const wh = new Webhook(WEBHOOK_SECRET);

  try {
    wh.verify(payload, {
      'svix-id': svix_id,
      'svix-timestamp': req.headers.get('svix-timestamp') ?? '',
      'svix-signature': req.headers.get('svix-signature') ?? '',
    });
  } catch {
    return new Response('Error occured', { status: 400 });
  }
  return Response.json(JSON.parse(payload));
}
`,
    has: [
      "import { svix } from '@countersign/providers/svix';",
      '    await svixReceiver.verify({ headers: {',
      "      'svix-id': svix_id,",
    ],
    lacks: ['new Webhook', "from 'svix'"],
  },
  {
    title: 'standardwebhooks, made and used in one expression, with its result cast',
    file: 'route-standard.ts',
    signer: 'standardwebhooks',
    statuses: [200, 401],
    code: `import { Webhook } from 'standardwebhooks';

interface Thing {
  readonly type: string;
}

export const POST = async (request: Request): Promise<Response> => {
  const headers = Object.fromEntries(request.headers);
  try {
    const thing = new Webhook(process.env.HOOK_SECRET ?? '').verify(await request.text(), headers) as Thing;
    return Response.json({ type: thing.type });
  } catch {
    return new Response(null, { status: 401 });
  }
};
`,
    has: [
      "import { standardWebhooks } from '@countersign/providers/standard-webhooks';",
      '.payload as unknown) as Thing;',
    ],
    lacks: ["from 'standardwebhooks'"],
  },
  {
    title: "Svix for Clerk, with the request's own headers",
    file: 'express-clerk.ts',
    signer: 'svix',
    statuses: [200, 400],
    code: `import type { WebhookEvent } from '@clerk/backend/webhooks';
import express, { type Express } from 'express';
import { Webhook } from 'svix';

export const app: Express = express();

app.post('/hook', express.raw({ type: '*/*' }), async (req, res) => {
  try {
    const wh = new Webhook(process.env.HOOK_SECRET || '');
    const evt = wh.verify(req.body, req.headers as Record<string, string>) as unknown as WebhookEvent;
    res.json({ type: evt?.type ?? 'verified' });
  } catch {
    res.status(400).json({ success: false });
  }
});
`,
    has: ["import { clerk } from '@countersign/providers/clerk';", 'headers: req.headers, body: Buffer.from(req.body)'],
    lacks: ["from 'svix'", 'new Webhook'],
  },
  {
    title: "Clerk's verifyWebhook, with a secret of its own",
    file: 'route-clerk.ts',
    signer: 'svix',
    statuses: [200, 400],
    code: `import { verifyWebhook } from '@clerk/backend/webhooks';

export async function POST(req: Request): Promise<Response> {
  try {
    const evt = await verifyWebhook(req, { signingSecret: process.env.HOOK_SECRET });
    if (evt.type === 'user.created') console.log(evt.data.id);
    return Response.json({ type: evt.type });
  } catch (err) {
    console.error('Error verifying webhook:', err instanceof Error);
    return new Response('Error verifying webhook', { status: 400 });
  }
}
`,
    has: [
      "import type { WebhookEvent } from '@clerk/backend/webhooks';",
      'body: new Uint8Array(await req.arrayBuffer())',
      '.payload as unknown as WebhookEvent);',
    ],
    lacks: ['verifyWebhook(', 'import { verifyWebhook }'],
  },
  {
    title: '@octokit/webhooks, verify() as a condition',
    file: 'route-octokit.ts',
    signer: 'github',
    statuses: [200, 401],
    code: `import { Webhooks } from '@octokit/webhooks';

const webhooks = new Webhooks({ secret: process.env.HOOK_SECRET! });

export async function POST(request: Request): Promise<Response> {
  const body = await request.text();
  if (!(await webhooks.verify(body, request.headers.get('x-hub-signature-256') ?? ''))) {
    return new Response('Unauthorized', { status: 401 });
  }
  return Response.json(JSON.parse(body));
}
`,
    has: ['  if (!(await githubReceiver.verify(', '.then(() => true, () => false))) {'],
    lacks: ['webhooks.verify('],
  },
  {
    title: '@octokit/webhooks, verifyAndReceive() with handlers by event',
    file: 'express-octokit.ts',
    signer: 'github',
    statuses: [202, 400],
    code: `import { Webhooks } from '@octokit/webhooks';
import express, { type Express } from 'express';

const webhooks = new Webhooks({ secret: process.env.HOOK_SECRET! });
export const seen: string[] = [];
webhooks.on('push', ({ payload }) => {
  seen.push(payload.ref);
});

export const app: Express = express();
app.post('/hook', express.text({ type: '*/*' }), (req, res) => {
  webhooks
    .verifyAndReceive({
      id: req.get('x-github-delivery') ?? '',
      name: req.get('x-github-event') as 'push',
      payload: req.body,
      signature: req.get('x-hub-signature-256') ?? '',
    })
    .then(() => (seen.length === 1 ? res.status(202).end() : res.status(500).end()))
    .catch(() => res.status(400).end());
});
`,
    has: [
      'githubReceiver.verify({',
      "id: req.get('x-github-delivery') ?? '', name: req.get('x-github-event') as 'push', payload }",
    ],
    lacks: ['verifyAndReceive'],
  },
  {
    title: '@octokit/webhooks, its middleware in Express',
    file: 'express-octokit-middleware.ts',
    signer: 'github',
    statuses: [200, 400],
    after: [200, 401],
    code: `import { createNodeMiddleware, Webhooks } from '@octokit/webhooks';
import express, { type Express } from 'express';

const webhooks = new Webhooks({ secret: process.env.HOOK_SECRET! });
webhooks.on('push', ({ payload }) => {
  if (payload.ref !== 'refs/heads/main') throw new Error('not the event');
});

export const app: Express = express();
app.use(createNodeMiddleware(webhooks, { path: '/hook' }));
`,
    has: [
      "import { webhook } from '@countersign/express';",
      "app.post('/hook', webhook(githubReceiver, (event) => webhooks.receive(",
    ],
    lacks: ['createNodeMiddleware'],
  },
];
