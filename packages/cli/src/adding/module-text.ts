/** The text of a module, in TypeScript or JavaScript, as an ES module or CommonJS. */

import type { AppProject } from './app-project.ts';

/** The names that a module takes from another one. */
export interface ImportedNames {
  readonly from: string;
  readonly names?: readonly string[];
  readonly default?: string;
  /** Left out of JavaScript. */
  readonly types?: readonly string[];
}

/** A module whose body is written with `export`. */
export interface ModuleParts {
  /** Its first comment, as one or several lines. */
  readonly about: readonly string[];
  readonly imports: readonly (ImportedNames | undefined)[];
  readonly body: string;
  /** Lines before everything else. */
  readonly directives?: readonly string[];
}

/** The form of a module. */
export type ModuleForm = Pick<AppProject, 'language' | 'modules'>;

/** Writes a module. A body without `export` exports nothing. */
export function moduleText(
  { about, imports, body, directives = [] }: ModuleParts,
  { language, modules }: ModuleForm,
): string {
  const isTyped = language === 'typescript';
  const isCommonJs = !isTyped && modules === 'commonjs';
  const lines = imports
    .filter((one) => one !== undefined)
    .toSorted((left, right) => compareSources(left.from, right.from))
    .flatMap((one) => (isCommonJs ? requireLines(one) : importLines(one, isTyped)));
  const comment =
    about.length === 1 ? `/** ${about[0]} */` : `/**\n${about.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */`;
  const text = isCommonJs ? withoutExports(body) : body;
  return `${[...directives, comment, ...(lines.length === 0 ? [] : [lines.join('\n')]), text.trim()].join('\n\n')}\n`;
}

function importLines(
  { from, names = [], default: whole, types = [] }: ImportedNames,
  isTyped: boolean,
): readonly string[] {
  const typeNames = isTyped ? types : [];
  if (names.length + typeNames.length === 0 && whole === undefined) return [];
  if (names.length === 0 && whole === undefined) return [`import type { ${typeNames.join(', ')} } from '${from}';`];
  const all = [...names, ...typeNames.map((name) => `type ${name}`)];
  const sorted = all.toSorted((left, right) => (left.replace('type ', '') < right.replace('type ', '') ? -1 : 1));
  const parts = [...(whole === undefined ? [] : [whole]), ...(sorted.length === 0 ? [] : [`{ ${sorted.join(', ')} }`])];
  return [`import ${parts.join(', ')} from '${from}';`];
}

function requireLines({ from, names = [], default: whole }: ImportedNames): readonly string[] {
  return [
    ...(whole === undefined ? [] : [`const ${whole} = require('${from}');`]),
    ...(names.length === 0 ? [] : [`const { ${names.join(', ')} } = require('${from}');`]),
  ];
}

function withoutExports(body: string): string {
  const names: string[] = [];
  const text = body.replace(
    /^export ((?:async )?(?:const|function|class) (\w+))/gm,
    (_, declaration: string, name: string) => {
      names.push(name);
      return declaration;
    },
  );
  return names.length === 0 ? text : `${text.trim()}\n\nmodule.exports = { ${names.join(', ')} };`;
}

/** Node's own first, then scoped packages, then others, then files. */
function compareSources(left: string, right: string): number {
  const keyOf = (from: string) =>
    `${from.startsWith('node:') ? 0 : from.startsWith('@') ? 1 : from.startsWith('.') ? 3 : 2}${from}`;
  return keyOf(left) < keyOf(right) ? -1 : 1;
}
