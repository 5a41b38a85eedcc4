/** Finds webhooks behind the Origin check with which SvelteKit and Astro refuse forms from other sites. */

import type { Provider } from '@countersign/core';
import type { Finding } from '../finding.ts';
import { importedSenders, type Senders } from '../known-senders.ts';
import { exportedConst, findReached } from '../module-exports.ts';
import { majorOf, type Project } from '../project-files.ts';
import type { SourceFile } from '../source-file.ts';
import { childOf, childrenOf, fieldOf, isWholeObject, type Syntax } from '../syntax.ts';

/** The place where a configuration leaves the check on, and the certainty. */
interface Setting {
  readonly file: SourceFile;
  readonly node: Syntax;
  readonly isSure: boolean;
}

interface Framework {
  readonly title: string;
  /** The location of its routes, relative to its folder. */
  readonly routes: RegExp;
  readonly configs: RegExp;
  /** The part of a configuration that leaves the check on; undefined if it is off. */
  readonly settingOf: (file: SourceFile, major: number | undefined) => Setting | undefined;
  readonly package: string;
  /** True if the check is on by default. */
  readonly isOn: (major: number | undefined) => boolean;
  readonly when: string;
  readonly fix: (major: number | undefined) => string;
}

const rest =
  'That switches it off for all routes: if browsers post forms to other routes, compare the Origin there yourself';

/**
 * @see https://svelte.dev/docs/kit/configuration (csrf) and `is_csrf_forbidden` of `@sveltejs/kit` 2.0.0, 2.43.3, 2.70.4 and 3.2.0: in a build, forms and
 * text/plain, from version 3 on also requests without a type, are refused unless the Origin is the app's own or listed. Senders give none, so that only
 * '*' helps; read 2026-11-26
 * @see https://docs.astro.build/en/reference/configuration-reference/ (security.checkOrigin) and `origin-check.js` of astro 4.16.0, 5.0.0, 6.4.8 and
 * 7.3.5: off by default before 5.0.0; forms, text/plain and requests without a type are refused; read 2026-11-26
 */
const frameworks: readonly Framework[] = [
  {
    title: 'SvelteKit',
    routes: /^((?:.*\/)?)src\/routes\/(?:.*\/)?\+server\.[jt]s$/,
    configs: /^(?:svelte|vite)\.config\.[cm]?[jt]s$/,
    settingOf: svelteSetting,
    package: '@sveltejs/kit',
    isOn: () => true,
    when: ', once it is built',
    fix: (major = 3) =>
      `${major < 3 ? "svelte.config.js: kit: { csrf: { trustedOrigins: ['*'] } } (before that option, checkOrigin: false)" : "vite.config.js: sveltekit({ csrf: { trustedOrigins: ['*'] } })"}. A sender sets no Origin, so listing its URL does not help. ${rest}, in the handle hook.`,
  },
  {
    title: 'Astro',
    routes: /^((?:.*\/)?)src\/pages\/.+\.[cm]?[jt]s$/,
    configs: /^astro\.config\.[cm]?[jt]s$/,
    settingOf: astroSetting,
    package: 'astro',
    isOn: (major = 5) => major >= 5,
    when: '',
    fix: () => `astro.config: security: { checkOrigin: false }. ${rest}, in its middleware.`,
  },
];

/** csrf_check_on */
export function findOriginChecks(project: Project, senders: Senders): readonly Finding[] {
  return frameworks.flatMap((framework) =>
    [...project.files.values()].flatMap((route) => {
      const folder = framework.routes.exec(route.path)?.[1];
      return folder === undefined ? [] : judge(project, framework, folder, route, senders);
    }),
  );
}

function judge(
  project: Project,
  framework: Framework,
  folder: string,
  route: SourceFile,
  senders: Senders,
): readonly Finding[] {
  if (isPrerendered(route)) return [];
  const reached = [...findReached(project, route)];
  const ids = new Set(reached.flatMap((file) => importedSenders(file).map(({ id }) => id)));
  const posting = [...ids].flatMap((id) => {
    const sender = senders.get(id);
    const posts = sender === undefined ? undefined : checkedPosts(sender);
    return sender === undefined || posts === undefined ? [] : [{ title: sender.title ?? id, ...posts }];
  });
  const [first] = posting.toSorted((left, right) => Number(right.isAlways) - Number(left.isAlways));
  if (first === undefined) return [];
  const major = majorOf(project, folder, framework.package);
  const configs = [...project.files.values()].filter(
    ({ path }) => path.startsWith(folder) && framework.configs.test(path.slice(folder.length)),
  );
  const settings = configs.map((file) => framework.settingOf(file, major));
  // It is enough if one of two files sets it.
  if (settings.some((one) => one === undefined)) return [];
  // A Vite configuration without SvelteKit leaves it to the other file.
  const set = settings.find((one) => one !== undefined && one.node.type !== 'Program') ?? settings[0];
  const isOn = framework.isOn(major) || set?.node.type === 'BooleanLiteral';
  if (!isOn) return [];
  return [
    {
      rule: 'csrf_check_on',
      certainty: first.isAlways && set?.isSure === true ? 'found' : 'looks_like',
      file: set?.file.path ?? route.path,
      line: set?.node.line ?? 1,
      what: `${framework.title} answers forms and text/plain from other sites with 403 before any route runs${framework.when}. ${first.title} posts ${first.what} to ${route.path}.`,
      fix: framework.fix(major),
    },
  ];
}

/** The kind of a sender's deliveries that the check affects; undefined if it posts JSON as JSON. */
function checkedPosts({ payload = 'json', contentType }: Provider): { what: string; isAlways: boolean } | undefined {
  if (contentType !== undefined)
    return /^(?:text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)/.test(contentType)
      ? { what: contentType, isAlways: true }
      : undefined;
  if (payload === 'form') return { what: 'forms', isAlways: true };
  if (payload === 'text') return { what: 'text', isAlways: false };
  return payload === 'json' || payload === 'bytes' ? undefined : { what: 'forms or JSON', isAlways: false };
}

/** An Astro page that is built in advance receives no deliveries. */
function isPrerendered(route: SourceFile): boolean {
  return route.valueOf(exportedConst(route, 'prerender'))?.value === true;
}

function svelteSetting(file: SourceFile, major: number | undefined): Setting | undefined {
  const call = file.calls.find((one) => file.calleeOf(one) === '@sveltejs/kit/vite.sveltekit');
  const isVite = /(?:^|\/)vite\.config/.test(file.path);
  const options = isVite ? file.valueOf(childrenOf(call, 'arguments')[0]) : defaultOf(file);
  const kit = fieldOf(options, 'kit');
  const csrf = fieldOf(options, 'csrf') ?? fieldOf(file.valueOf(kit), 'csrf');
  const described = file.valueOf(csrf);
  const checkOrigin = fieldOf(described, 'checkOrigin');
  if ((major ?? 2) < 3 && file.valueOf(checkOrigin)?.value === false) return undefined;
  const origins = fieldOf(described, 'trustedOrigins');
  const list = file.valueOf(origins);
  if (childrenOf(list, 'elements').some((one) => file.textOf(one) === '*')) return undefined;
  const isRead = [described, list].every((one) => one === undefined || one.type.endsWith('Expression'));
  const isSure =
    isRead && [options, file.valueOf(kit), described].every((one) => one === undefined || isWholeObject(one));
  const node = origins ?? checkOrigin ?? csrf ?? kit ?? (isVite ? call : options) ?? file.program;
  return { file, node, isSure };
}

function astroSetting(file: SourceFile): Setting | undefined {
  const options = defaultOf(file);
  const security = fieldOf(options, 'security');
  const described = file.valueOf(security);
  const checkOrigin = file.valueOf(fieldOf(described, 'checkOrigin'));
  if (checkOrigin?.value === false) return undefined;
  const isRead = checkOrigin === undefined || checkOrigin.type === 'BooleanLiteral';
  const isSure = isRead && [options, described].every((one) => one === undefined || isWholeObject(one));
  return { file, node: checkOrigin ?? security ?? options ?? file.program, isSure };
}

/** The object that a configuration exports by default, with `defineConfig()` or not, or as `module.exports`. */
function defaultOf(file: SourceFile): Syntax | undefined {
  const exported = childrenOf(file.program, 'body').find(({ type }) => type === 'ExportDefaultDeclaration');
  const value = file.valueOf(childOf(exported, 'declaration'));
  const [argument] = childrenOf(value, 'arguments');
  return argument === undefined ? value : file.valueOf(argument);
}
