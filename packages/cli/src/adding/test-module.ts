/** The test of a written route: a delivery that it accepts, and a forged one that it refuses. */

import type { AddedSender } from './added-sender.ts';
import type { AppProject } from './app-project.ts';
import { type ImportedNames, moduleText } from './module-text.ts';

/** The part of the test that depends on the framework. */
export interface RouteServing {
  readonly imports: readonly (ImportedNames | undefined)[];
  /**
   * The body of `statusOf(delivery)`, which posts to the route and returns the status; `env` is the object with the
   * variables.
   */
  readonly statusOf: string;
  /** The place where the route reads variables: from a parameter, or from process.env before it is imported. */
  readonly environment: 'parameter' | 'process' | 'svelte-kit';
}

/** The project as its test sees it: vitest cannot be required, so that its tests are ES modules. */
export function testProject(project: AppProject): AppProject {
  const isRequired = project.language === 'javascript' && project.modules === 'commonjs';
  return isRequired && project.runner === 'vitest' ? { ...project, modules: 'esm', extension: 'mjs' } : project;
}

/** Writes the test. */
export function testModule(
  sender: AddedSender,
  project: AppProject,
  receiverPath: string,
  serving: RouteServing,
): string {
  const { id, title, exportName, questions, variables, trial } = sender;
  const { runner, language } = project;
  const isTyped = language === 'typescript';
  const preset = questions.length > 0 ? 'provider' : exportName;
  const check = (value: string, wanted: string) =>
    runner === 'node' ? `assert.equal(${value}, ${wanted});` : `expect(${value}).toBe(${wanted});`;
  const { genuine, forged, declarations, values, names } = materialOf(sender, preset);
  const hasTests = trial.signsWith !== 'nothing';
  const entries = Object.entries(values).map(([name, value]) => (value === name ? name : `${name}: ${value}`));
  const environment = `{ ${entries.join(', ')} }`;
  const given = entries.length === 0 ? '{}' : environment;
  const setting = {
    parameter: [`const env = ${given};`],
    process: entries.length === 0 ? [] : [`Object.assign(process.env, ${given});`],
    // A mock is moved to the top of the file, before every import and every constant.
    'svelte-kit': [
      `vi.mock('$env/dynamic/private', () => ({ env: {} }));`,
      ...(entries.length === 0 ? [] : [`Object.assign(env, ${given});`]),
    ],
  }[serving.environment];
  const body = [
    ...declarations,
    ...setting,
    '',
    ...(hasTests
      ? [
          `it('accepts a delivery that ${quoted(title)} has signed', async () => {`,
          `  ${check(`await statusOf(await signDelivery(${preset}, ${genuine}))`, String(trial.accepted))}`,
          '});',
          '',
        ]
      : [
          trial.starts
            ? `// A genuine delivery cannot be made here: ${title} alone has the key.`
            : `// A genuine delivery cannot be made here: the receiver needs what only ${title} has.`,
        ]),
    ...(hasTests
      ? [
          `it('refuses a delivery that is signed with another ${trial.signsWith}', async () => {`.replace(
            'keys',
            'key',
          ),
          `  ${check(`await statusOf(await signDelivery(${preset}, ${forged}))`, String(trial.refused))}`,
        ]
      : [
          `it('${trial.starts ? 'refuses a delivery without a signature' : 'does not start without its keys'}', async () => {`,
          "  const headers = { 'content-type': 'application/json' };",
          "  const body = new TextEncoder().encode('{}');",
          `  const unsigned = { url: 'https://example.com/webhooks/${id}', method: 'POST', headers, body };`,
          trial.starts
            ? `  ${check('(await statusOf(unsigned)) < 300', 'false')}`
            : runner === 'node'
              ? '  await assert.rejects(statusOf(unsigned));'
              : '  await expect(statusOf(unsigned)).rejects.toThrow();',
        ]),
    '});',
    '',
    '/** Posts a delivery to the route, and returns the status of the response. */',
    `async function statusOf(delivery${isTyped ? ': SignedDelivery' : ''}) {`,
    serving.statusOf
      .split('\n')
      .map((line) => (line === '' ? '' : `  ${line}`))
      .join('\n'),
    '}',
  ].join('\n');
  return moduleText(
    {
      about: [`Posts signed deliveries to the route. Written by \`countersign add ${id}\`.`],
      imports: [
        ...runnerImports(project, serving.environment === 'svelte-kit'),
        questions.length > 0
          ? { from: receiverPath, names: ['provider'] }
          : { from: `@countersign/providers/${id}`, names: [exportName] },
        {
          from: '@countersign/testing',
          names: ['signDelivery', 'toInjectOptions', 'toRequest', ...names]
            .filter((name) => body.includes(`${name}(`))
            .toSorted(),
          types: ['SignedDelivery'],
        },
        ...serving.imports,
        serving.environment === 'svelte-kit' && Object.keys(variables).length > 0
          ? { from: '$env/dynamic/private', names: ['env'] }
          : undefined,
      ],
      body,
    },
    project,
  );
}

function runnerImports({ runner, language, has }: AppProject, mocks: boolean): readonly ImportedNames[] {
  if (runner === 'node')
    return [
      { from: 'node:assert/strict', default: 'assert' },
      { from: 'node:test', names: ['it'] },
    ];
  if (runner === 'vitest') return [{ from: 'vitest', names: ['expect', 'it', ...(mocks ? ['vi'] : [])] }];
  return language === 'typescript' && !has('@types/jest') ? [{ from: '@jest/globals', names: ['expect', 'it'] }] : [];
}

interface Material {
  /** The options of signDelivery, as expressions. */
  readonly genuine: string;
  readonly forged: string;
  readonly declarations: readonly string[];
  /** The variables, with expressions. */
  readonly values: Readonly<Record<string, string>>;
  /** The names that it needs from @countersign/testing. */
  readonly names: readonly string[];
}

function materialOf({ variables, trial }: AddedSender, preset: string): Material {
  const { secret, key, verifyToken, publicUrl } = variables;
  const others = {
    ...(verifyToken !== undefined && { [verifyToken]: `'token_of_this_test_only_0123456789'` }),
    ...(publicUrl !== undefined && { [publicUrl]: `'https://example.com'` }),
  };
  if (trial.signsWith === 'secret') {
    return {
      genuine: '{ secret }',
      forged: `{ secret: '${trial.otherSecret}' }`,
      declarations: [`const secret = '${trial.secret}';`],
      values: { ...(secret !== undefined && { [secret]: 'secret' }), ...others },
      names: [],
    };
  }
  const needsKeys = trial.starts && (secret !== undefined || key !== undefined);
  const isOnlyForged = trial.signsWith === 'nothing';
  return {
    genuine: 'signing',
    forged: `createSigningKeys(${preset}).signing`,
    declarations: needsKeys
      ? [
          '// New keys for each run.',
          `const { ${isOnlyForged ? '' : 'signing, '}receiver } = createSigningKeys(${preset});`,
        ]
      : [],
    values: {
      ...(needsKeys && secret !== undefined && { [secret]: `'secrets' in receiver ? receiver.secrets : ''` }),
      ...(needsKeys && key !== undefined && { [key]: `'keys' in receiver ? receiver.keys : ''` }),
      ...others,
    },
    names: ['createSigningKeys'],
  };
}

/** A title within a string in single quotes. */
function quoted(title: string): string {
  return title.replaceAll("'", "\\'");
}
