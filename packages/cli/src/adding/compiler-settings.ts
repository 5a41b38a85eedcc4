/** Reads the settings of a tsconfig.json, and of those it extends, that decide how an import is written. */

import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { readIfThere } from '../frame/new-files.ts';
import { parseSource } from '../project/parse-source.ts';
import { childOf, childrenOf, keyName, type Syntax, unwrap } from '../project/syntax.ts';

/** The settings, as far as they are known. */
export interface CompilerSettings {
  readonly module?: string;
  readonly types?: readonly unknown[];
  readonly moduleResolution?: string;
  readonly allowImportingTsExtensions?: boolean;
  readonly rewriteRelativeImportExtensions?: boolean;
  readonly verbatimModuleSyntax?: boolean;
  readonly noPropertyAccessFromIndexSignature?: boolean;
}

/** None if there is no tsconfig.json, or none that can be read. */
export async function readCompilerSettings(root: string): Promise<CompilerSettings> {
  return readFrom(join(root, 'tsconfig.json'), 0);
}

async function readFrom(path: string, depth: number): Promise<CompilerSettings> {
  const text = await readIfThere(path);
  const config = text === undefined ? undefined : configOf(text);
  if (config === undefined || depth > 8) return {};
  let settings: CompilerSettings = {};
  for (const base of [config.extends ?? []].flat()) {
    const file = typeof base === 'string' ? fileOf(base, path) : undefined;
    if (file !== undefined) settings = { ...settings, ...(await readFrom(file, depth + 1)) };
  }
  return { ...settings, ...(config.compilerOptions as CompilerSettings | undefined) };
}

function fileOf(base: string, from: string): string | undefined {
  if (/^\.{0,2}\//.test(base)) return resolve(dirname(from), base.endsWith('.json') ? base : `${base}.json`);
  const fromConfig = createRequire(from);
  for (const name of [base, `${base}.json`, `${base}/tsconfig.json`]) {
    try {
      return fromConfig.resolve(name);
    } catch {
      // Not installed, or by another of its names.
    }
  }
  return undefined;
}

/** JSON with comments and trailing commas, which is a part of JavaScript. */
function configOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const tree = parseSource(`(${text}\n)`, 'tsconfig.js');
  const [statement] = childrenOf(tree?.program as unknown as Syntax, 'body');
  const value = literalOf(unwrap(childOf(statement, 'expression')));
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function literalOf(node: Syntax | undefined): unknown {
  switch (node?.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return node.value;
    case 'ArrayExpression':
      return childrenOf(node, 'elements').map(literalOf);
    case 'ObjectExpression':
      return Object.fromEntries(
        childrenOf(node, 'properties').map((one) => [keyName(one) ?? '', literalOf(childOf(one, 'value'))]),
      );
    default:
      return undefined;
  }
}
