/** `countersign doctor --project`: values that are something else than the secret of a webhook. No value is ever shown. */

import { describe, expect, it } from 'vitest';
import { examine, type Files } from './project-folders.ts';

const canary = 'c4n4ryQ7mZ1xVt9LrK5sHb2W';
const receiver = (preset: string, secrets: string) => `import { createReceiver } from '@countersign/core';
import { ${preset} } from '@countersign/providers/${preset}';
createReceiver({ provider: ${preset}, secrets: ${secrets} });
`;

type Row = readonly [title: string, files: Files, places: readonly string[]];

const rows: readonly Row[] = [
  [
    'an API key in the variable that a receiver reads',
    { '.env': `PAYMENTS=sk_live_${canary}\n`, 'server.ts': receiver('stripe', 'process.env.PAYMENTS') },
    ['.env:1 secret_wrong_kind found'],
  ],
  [
    'the secret in the variable that a receiver reads',
    { '.env': `PAYMENTS=whsec_${canary}\n`, 'server.ts': receiver('stripe', 'process.env.PAYMENTS') },
    [],
  ],
  [
    'an API key in a variable of its own',
    {
      '.env': `STRIPE_SECRET_KEY=sk_live_${canary}\nSTRIPE_WEBHOOK_SECRET=whsec_${canary}\n`,
      'server.ts': receiver('stripe', 'process.env.STRIPE_WEBHOOK_SECRET'),
    },
    [],
  ],
  [
    'the variable of the API key, given to a receiver and to constructEvent()',
    {
      '.env': `STRIPE_SECRET_KEY=rk_live_${canary}\nOTHER=pk_live_${canary}\n`,
      'server.ts': receiver('stripe', `[{ value: process.env.STRIPE_SECRET_KEY ?? '' }]`),
      'hand.ts': `const secret = process.env.OTHER!;\nstripe.webhooks.constructEvent(body, signature, secret);\n`,
    },
    ['.env:1 secret_wrong_kind found', '.env:2 secret_wrong_kind found'],
  ],
  [
    'names that say whose secret it is',
    {
      '.env': `STRIPE_WEBHOOK_SECRET=sk_live_${canary}\nGITHUB_WEBHOOK_SECRET=ghp_${canary}\nCLERK_WEBHOOK_SECRET=pk_${canary}\n`,
    },
    [
      '.env:1 secret_wrong_kind looks_like',
      '.env:2 secret_wrong_kind looks_like',
      '.env:3 secret_wrong_kind looks_like',
    ],
  ],
  [
    'a name that is of two presets, one of which takes it',
    { '.env': `GITLAB_SIGNING_TOKEN=whsec_${canary}\nGITLAB_WEBHOOK_TOKEN=glpat-${canary}\n` },
    ['.env:2 secret_wrong_kind looks_like'],
  ],
  [
    'an API key by the name of a webhook of nobody',
    { '.env': `WEBHOOK_SECRET=sk_live_${canary}\nSIGNING_KEY=pk_${canary}\n` },
    ['.env:1 secret_wrong_kind looks_like'],
  ],
  [
    'a spread preset, a variable taken apart, and the environments of other runtimes',
    {
      '.env': `A=sk_live_${canary}\nB=pk_live_${canary}\nC=rk_live_${canary}\n`,
      'server.ts': `import { createReceiver } from '@countersign/core';
import { stripe } from '@countersign/providers/stripe';
import { C } from '$env/static/private';
const provider = { ...stripe, toleranceSeconds: 60 };
createReceiver({ provider, secrets: Deno.env.get('A') });
createReceiver({ provider, secrets: config.getOrThrow('B') });
createReceiver({ provider, secrets: C });
`,
    },
    ['.env:1 secret_wrong_kind found', '.env:2 secret_wrong_kind found', '.env:3 secret_wrong_kind found'],
  ],
  [
    'a preset that states no such kind',
    { '.env': `S=sk_live_${canary}\n`, 'server.ts': receiver('clawget', 'process.env.S') },
    [],
  ],
  [
    'a literal',
    { 'server.ts': receiver('github', `'ghp_${canary}'`) },
    ['server.ts:3 secret_in_source found', 'server.ts:3 secret_wrong_kind found'],
  ],
  [
    'a literal of the right kind',
    { 'server.ts': receiver('github', `'${canary}'`) },
    ['server.ts:3 secret_in_source found'],
  ],
  ['a sample', { '.env.example': `STRIPE_WEBHOOK_SECRET=sk_live_${canary}\n` }, []],
];

describe('a secret of the wrong kind', () => {
  it.each(rows)('%s', async (_, files, places) => {
    const examined = await examine(files);
    expect(examined.places).toEqual(places);
    expect(examined.text).not.toMatch(/c4n4ry|Q7mZ/);
  });

  it('is named by what it is, with where it is read and what belongs in its place', async () => {
    const { findings } = await examine({
      '.env': `PAYMENTS=sk_live_${canary}\n`,
      'server.ts': receiver('stripe', 'process.env.PAYMENTS'),
    });
    expect(findings[0]).toMatchObject({
      what: 'PAYMENTS starts with sk_, which is the prefix of a secret API key, not of a webhook secret. server.ts:3 passes it to the receiver of Stripe.',
      fix: 'Use the one that Stripe shows for this endpoint. The signing secret of the endpoint, which starts with whsec_; used whole.',
    });
  });

  it('is found in the environment too', async () => {
    const { places, text } = await examine({ 'a.ts': '' }, { STRIPE_WEBHOOK_SECRET: `sk_live_${canary}` });
    expect(places).toEqual(['environment:null secret_wrong_kind looks_like']);
    expect(text).not.toContain('c4n4ry');
  });
});
