/** One file of a project with its names resolved: the values of identifiers, and the targets of calls. */

import type { ParseResult } from '@babel/parser';
import type { Binding as BabelBinding, Node as BabelNode } from '@babel/traverse';
import { type Binding, describeBinding } from './binding.ts';
import { loadBabel } from './load-babel.ts';
import { parseSource } from './parse-source.ts';
import {
  childOf,
  childrenOf,
  fieldOf,
  isCall,
  isFunction,
  isMember,
  keyName,
  requiredModule,
  type Syntax,
  unwrap,
} from './syntax.ts';

/** Undefined for a file that cannot be parsed, or is too deep for Babel. */
export function readSourceFile(path: string, text: string): SourceFile | undefined {
  const tree = parseSource(text, path);
  if (tree === undefined) return undefined;
  try {
    return new SourceFile(path, text, tree);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** On each node: its parent. A symbol field is not a child node, and costs less than a map next to the tree. */
const parentOf = Symbol('parent');
type Placed = Syntax & { line: number; [parentOf]?: Syntax | undefined };

/** A parsed file. */
export class SourceFile {
  readonly path: string;
  readonly text: string;
  readonly program: Syntax;
  /** Every node, in the order of the source. */
  readonly pieces: readonly Syntax[];
  /** The calls among them. */
  readonly calls: readonly Syntax[];
  /**
   * The modules that are imported, required or re-exported, with the node that does so; type-only imports are left out.
   */
  readonly imports: readonly { readonly module: string; readonly node: Syntax }[];
  /** By the identifiers that use a name, and for the module itself by the name. */
  readonly #bindings = new Map<Syntax | string, Binding>();

  constructor(path: string, text: string, tree: ParseResult) {
    const { traverse } = loadBabel();
    const pieces: Syntax[] = [];
    const described = new Map<BabelBinding, Binding>();
    const bind = (use: Syntax | string, binding: BabelBinding | undefined) => {
      if (binding === undefined) return;
      const known = described.get(binding) ?? describeBinding(binding);
      described.set(binding, known);
      this.#bindings.set(use, known);
    };
    traverse(tree as BabelNode, {
      enter({ node, parentPath }) {
        const piece = node as unknown as Placed;
        piece.line = node.loc?.start.line ?? 1;
        // It takes more memory than the node itself.
        node.loc = null;
        piece[parentOf] = parentPath?.node as Syntax | undefined;
        pieces.push(piece);
      },
      Program({ scope }) {
        for (const [name, binding] of Object.entries(scope.bindings)) bind(name, binding);
      },
      // Babel leaves out the name of a parameter that is a field as well.
      TSParameterProperty(parameter) {
        parameter.scope.registerBinding('param', parameter.get('parameter'));
      },
      ReferencedIdentifier({ node, scope }) {
        bind(node as unknown as Syntax, scope.getBinding(String(node.name)));
      },
    });
    // Babel's paths take twice the memory of the tree.
    traverse.cache.clear();
    this.path = path;
    this.text = text;
    this.program = tree.program as unknown as Syntax;
    this.pieces = pieces;
    this.calls = pieces.filter(isCall);
    this.imports = pieces.flatMap(importsOf);
  }

  /** The ancestors of a node, the nearest first. */
  *around(node: Syntax): Generator<Syntax> {
    for (let outer = (node as Placed)[parentOf]; outer !== undefined; outer = (outer as Placed)[parentOf]) yield outer;
  }

  /** The function around a node; the program if there is none. */
  functionAround(node: Syntax): Syntax {
    for (const outer of this.around(node)) if (isFunction(outer)) return outer;
    return this.program;
  }

  /** The binding of a name where it is used. */
  bindingOf(identifier: Syntax): Binding | undefined {
    return this.#bindings.get(identifier);
  }

  /** The binding of a name of the module itself. */
  topBinding(name: string): Binding | undefined {
    return this.#bindings.get(name);
  }

  /** The value of an expression if it is in this file: a name is resolved to its initial value. */
  valueOf(node: Syntax | undefined, depth = 0): Syntax | undefined {
    const inner = unwrap(node);
    if (inner === undefined || depth > 8) return inner;
    if (inner.type === 'Identifier') {
      const { value, field } = this.bindingOf(inner) ?? {};
      if (value === undefined || value === inner) return inner;
      if (field === undefined) return this.valueOf(value, depth + 1);
      return this.valueOf(fieldOf(this.valueOf(value, depth + 1), field), depth + 1) ?? inner;
    }
    if (isMember(inner)) {
      const name = keyName(inner);
      const object = this.valueOf(childOf(inner, 'object'), depth + 1);
      const field = name === undefined ? undefined : fieldOf(object, name);
      if (field !== undefined) return this.valueOf(field, depth + 1);
    }
    return inner;
  }

  /** A string literal, or undefined. */
  textOf(node: Syntax | undefined): string | undefined {
    const value = this.valueOf(node);
    if (value?.type === 'StringLiteral') return value.value as string;
    const [quasi, ...more] = childrenOf(value, 'quasis');
    if (value?.type !== 'TemplateLiteral' || quasi === undefined || more.length > 0) return undefined;
    return (quasi.value as { readonly cooked?: string }).cooked;
  }

  /**
   * The name of an expression within a package: `express.json` however it was imported, `express` for its default and
   * its namespace.
   */
  nameOf(node: Syntax | undefined, depth = 0): string | undefined {
    const inner = unwrap(node);
    if (inner === undefined || depth > 8) return undefined;
    if (inner.type === 'Identifier') {
      const { module, imported, value, field } = this.bindingOf(inner) ?? {};
      if (module !== undefined) return imported === 'default' || imported === '*' ? module : `${module}.${imported}`;
      const base = value === undefined || value === inner ? undefined : this.nameOf(value, depth + 1);
      return base === undefined || field === undefined ? base : `${base}.${field}`;
    }
    if (isMember(inner)) {
      const base = this.nameOf(childOf(inner, 'object'), depth + 1);
      const name = keyName(inner);
      return base === undefined || name === undefined ? undefined : name === 'default' ? base : `${base}.${name}`;
    }
    return requiredModule(inner);
  }

  /** {@link nameOf} the target of a call, or of `new`. */
  calleeOf(call: Syntax | undefined): string | undefined {
    return isCall(call) || call?.type === 'NewExpression' ? this.nameOf(childOf(call, 'callee')) : undefined;
  }
}

function importsOf(node: Syntax): SourceFile['imports'] {
  const isType = node.importKind === 'type' || node.exportKind === 'type';
  const source = isType ? undefined : childOf(node, 'source');
  const module = source?.type === 'StringLiteral' ? (source.value as string) : requiredModule(node);
  return module === undefined ? [] : [{ module, node }];
}
