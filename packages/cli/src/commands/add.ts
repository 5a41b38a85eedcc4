/** `countersign add`: writes a receiver, its route and a test for a sender into a project. */

import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type AddedSender, readSender } from '../adding/added-sender.ts';
import { type AppProject, frameworkIds, readAppProject } from '../adding/app-project.ts';
import { routeFiles } from '../adding/framework-files.ts';
import type { RouteFiles } from '../adding/route-files.ts';
import { requireEntry } from '../flags/provider-choice.ts';
import { CliFailure } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { type NewFile, readIfThere, requireNew, writeNewFiles } from '../frame/new-files.ts';
import { printable } from '../frame/output.ts';

interface AddOptions {
  readonly framework?: string;
  readonly dir?: string;
  readonly dryRun?: boolean;
}

const environmentFile = '.env.example';

const help = `
It finds the framework in package.json and writes new files only: the receiver, the route, and a test that posts signed deliveries to the
route. The variables go to the end of ${environmentFile}. If one of the files exists, nothing is written. Then it prints the packages to
install, the line that mounts the route, and what to set at the sender.

It writes for Express, Fastify, Hono, Next.js (App Router), NestJS, SvelteKit, Nitro, and fetch handlers (Workers, Deno, Bun); in TypeScript or
JavaScript, as ES modules or CommonJS, as your project does. If a sender leaves facts open, the receiver has examples in their place.

Exit codes:
  0  the files are written, or printed with --dry-run
  2  nothing was written

Examples:
  $ countersign add stripe --dry-run
  $ countersign add github --framework hono
  $ countersign add slack --dir apps/api/src/hooks --json`;

/** Adds `add`. */
export function addAdd(program: Command, frame: Frame): void {
  program
    .command('add')
    .description('write a receiver, a route and a test for a sender into your project')
    .argument('<provider>', 'the sender, by its id; see countersign providers')
    .addOption(new Option('--framework <name>', 'the framework, if package.json names several').choices(frameworkIds))
    .option('--dir <folder>', 'the folder for the files, or that of another project; default: by the framework')
    .option('--dry-run', 'print the files and write nothing')
    .addHelpText('after', help)
    .action((id: string, options: AddOptions) => addSender(frame, id, options));
}

async function addSender(frame: Frame, id: string, { framework, dir, dryRun = false }: AddOptions): Promise<void> {
  const { surroundings, output } = frame;
  const entry = requireEntry(id);
  if (entry.kind === 'unverifiable')
    throw new CliFailure(
      'provider_unverifiable',
      `${entry.id} cannot be verified; countersign providers show ${entry.id} says why, and what to do instead.`,
    );
  const project = await readAppProject(resolve(surroundings.folder, dir ?? '.'), framework);
  const sender = await readSender(entry);
  const route = routeFiles(
    sender,
    project.target !== undefined && dir === undefined ? { ...project, target: undefined } : project,
  );
  const environment = await environmentLines(sender, project);
  await requireNew(project.root, route.files);
  if (!dryRun) await writeNewFiles(project.root, route.files, environment);
  const install = packagesFor(sender, project, route);
  const { title, questions, provider } = sender;
  const result = {
    provider: sender.id,
    framework: project.framework.id,
    language: project.language,
    modules: project.modules,
    project: project.root,
    written: !dryRun,
    files: [...route.files, ...(environment === undefined ? [] : [environment])].map(({ path, text }) => ({
      path,
      text,
    })),
    url: route.url,
    mount: route.mount,
    install,
    variables: Object.values(sender.variables),
    secretHelp: provider.secretHelp ?? null,
    facts: questions.map(({ name, what, example }) => ({ name, what, example })),
    test: {
      path: route.test,
      command: testCommand(project, route),
      signsDeliveries: sender.trial.signsWith !== 'nothing',
    },
  };
  output.show(result, () => [
    ...(dryRun
      ? printedFiles(result.files, frame)
      : result.files.map(({ path }) => `${output.colors.green('wrote')} ${printable(path)}`)),
    '',
    ...(install.commands.length === 0 ? [] : ['Install:', ...install.commands.map((line) => `  ${line}`), '']),
    ...(questions.length === 0
      ? []
      : [
          `Replace the examples in ${printable(route.files[0]?.path ?? '')}: ${title} leaves ${questions.map(({ name }) => name).join(', ')} open.`,
          '',
        ]),
    ...(route.mount.length === 0 ? [] : ['In your app:', ...route.mount.map((line) => `  ${line}`), '']),
    `At ${title}:`,
    `  the URL: https://<your host>${route.url}`,
    ...(provider.secretHelp === undefined ? [] : [`  ${secretLabel(sender)}: ${provider.secretHelp}`]),
    '',
    `Test:`,
    `  ${result.test.command}`,
    ...(result.test.signsDeliveries ? [] : [`  It posts no genuine delivery: ${title} alone can make one.`]),
  ]);
}

function printedFiles(files: readonly NewFile[], { output }: Frame): string[] {
  return files.flatMap(({ path, text }, at) => [
    ...(at === 0 ? [] : ['']),
    output.colors.bold(`--- ${printable(path)}`),
    ...text.trimEnd().split('\n'),
  ]);
}

function secretLabel({ variables }: AddedSender): string {
  return variables.secret ?? variables.key ?? 'the secret';
}

/** The lines to add to the file with the names of variables; undefined if it has them. */
async function environmentLines(
  { title, provider, variables }: AddedSender,
  { root }: AppProject,
): Promise<NewFile | undefined> {
  const before = await readIfThere(join(root, environmentFile));
  const missing = Object.values(variables).filter(
    (name) => !new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`, 'm').test(before ?? ''),
  );
  if (missing.length === 0) return undefined;
  const about: Readonly<Record<string, string | undefined>> = {
    [variables.secret ?? variables.key ?? '']: provider.secretHelp?.replace(/\s+/g, ' '),
    [variables.verifyToken ?? '']: 'The token that you enter there for the check of the URL.',
    [variables.publicUrl ?? '']: 'The origin that the sender posts to, such as https://example.com.',
  };
  const lines = missing.flatMap((name) => [`# ${title}: ${about[name] ?? 'the key.'}`, `${name}=`]);
  const gap = before === undefined || before === '' ? '' : before.endsWith('\n') ? '\n' : '\n\n';
  return { path: environmentFile, text: `${gap}${lines.join('\n')}\n` };
}

interface Packages {
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  readonly commands: readonly string[];
}

/** The packages that package.json does not name yet. */
function packagesFor(
  { variables }: AddedSender,
  { framework, has, runner, language, manager }: AppProject,
  route: RouteFiles,
): Packages {
  const needsNodeTypes =
    language === 'typescript' &&
    !['@types/bun', 'bun-types', '@types/deno'].some(has) &&
    Object.keys(variables).length > 0;
  const dependencies = ['@countersign/core', '@countersign/providers', framework.module].filter((name) => !has(name));
  const devDependencies = [
    '@countersign/testing',
    ...(runner === 'node' ? [] : [runner]),
    ...(needsNodeTypes ? ['@types/node'] : []),
    ...route.devDependencies,
  ].filter((name) => !has(name));
  const verb = { npm: 'npm install', pnpm: 'pnpm add', yarn: 'yarn add', bun: 'bun add' }[manager];
  const flag = manager === 'npm' ? '--save-dev' : manager === 'bun' ? '--dev' : '-D';
  const commands = [
    ...(dependencies.length === 0 ? [] : [`${verb} ${dependencies.join(' ')}`]),
    ...(devDependencies.length === 0 ? [] : [`${verb} ${flag} ${devDependencies.join(' ')}`]),
  ];
  return { dependencies, devDependencies, commands };
}

function testCommand({ runner, manager }: AppProject, { test }: RouteFiles): string {
  const run = { npm: 'npx', pnpm: 'pnpm exec', yarn: 'yarn', bun: 'bunx' }[manager];
  if (runner === 'node') return `node --test ${test}`;
  // Without the flag, Jest loads no ES modules.
  if (runner === 'jest') return `node --experimental-vm-modules node_modules/jest/bin/jest.js ${test}`;
  return `${run} vitest run ${test}`;
}
