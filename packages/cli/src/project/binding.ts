/** Describes the values that names are bound to. */

import type { Binding as BabelBinding, NodePath } from '@babel/traverse';
import { childOf, childrenOf, identifierOf, keyName, requiredModule, type Syntax, unwrap } from './syntax.ts';

/** The value that a name is bound to. */
export interface Binding {
  readonly name: string;
  /** Its initial value; undefined for a parameter, an import, and a name that is assigned again. */
  readonly value?: Syntax | undefined;
  /** The field of `value` that it was destructured from: `const { json } = express`. */
  readonly field?: string | undefined;
  /** The source of an import; `imported` is `default`, `*` or a name. */
  readonly module?: string;
  readonly imported?: string;
  /** The last name of its type: `Express` of `app: Express`. */
  readonly typeName?: string | undefined;
  readonly isParameter: boolean;
}

/** Reads a declaration; the last one if there are several of a name. */
export function describeBinding({ identifier, path, kind, constantViolations }: BabelBinding): Binding {
  const { name } = identifier;
  const declarations = [path, ...constantViolations].filter((one) => !assignments.test(one.type ?? ''));
  const declaration = declarations.at(-1) ?? path;
  const local = declaration.getOuterBindingIdentifiers()[name] as unknown as Syntax | undefined;
  const base = { name, isParameter: kind === 'param' && declaration === path, typeName: typeNameOf(local) };
  const isAssigned = declarations.length <= constantViolations.length;
  return isAssigned ? base : { ...base, ...boundBy(declaration, local) };
}

const assignments = /^(?:Assignment|Update|Unary)Expression$|^For(?:In|Of)Statement$/;

function boundBy({ node, parent }: NodePath, local: Syntax | undefined): Partial<Binding> {
  const declaration = node as unknown as Syntax;
  if (/^(?:Function|Class)/.test(declaration.type)) return { value: declaration };
  if (/^Import.*Specifier$/.test(declaration.type)) return importedBy(declaration, parent as unknown as Syntax);
  if (declaration.type !== 'VariableDeclarator') return {};
  const pattern = childOf(declaration, 'id');
  const field = keyName(childrenOf(pattern, 'properties').find((one) => localOf(one) === local));
  if (pattern !== local && field === undefined) return {};
  const value = childOf(declaration, 'init');
  const module = requiredModule(unwrap(value));
  return module === undefined ? { value, field } : { module, imported: field ?? '*' };
}

function importedBy(specifier: Syntax, declaration: Syntax): Partial<Binding> {
  const key = childOf(specifier, 'imported');
  const named = identifierOf(key) ?? (key?.value as string | undefined);
  return {
    module: childOf(declaration, 'source')?.value as string,
    imported: specifier.type === 'ImportNamespaceSpecifier' ? '*' : (named ?? 'default'),
  };
}

/** `b` of `{ a: b }` and of `{ a: b = 1 }`. */
function localOf(property: Syntax): Syntax | undefined {
  const value = childOf(property, 'value');
  return value?.type === 'AssignmentPattern' ? childOf(value, 'left') : value;
}

function typeNameOf(identifier: Syntax | undefined): string | undefined {
  const type = childOf(childOf(identifier, 'typeAnnotation'), 'typeAnnotation');
  const name = childOf(type, 'typeName');
  return identifierOf(name) ?? identifierOf(childOf(name, 'right'));
}
