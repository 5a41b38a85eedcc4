/** One file of a project with its names resolved: the values of identifiers, and the targets of calls. */

import {
  childOf,
  childrenOf,
  fieldOf,
  identifierOf,
  isCall,
  isFunction,
  isMember,
  keyName,
  piecesOf,
  type Syntax,
  unwrap,
} from './syntax.ts';

/** The value that a name is bound to. */
export interface Binding {
  readonly name: string;
  /** Its initial value; undefined for a parameter and an import. */
  readonly value?: Syntax | undefined;
  /** The field of `value` that it was destructured from: `const { json } = express`. */
  readonly field?: string;
  /** The source of an import; `imported` is `default`, `*` or a name. */
  readonly module?: string;
  readonly imported?: string;
  /** The last name of its type, for a parameter: `Express` of `app: Express`. */
  readonly typeName?: string | undefined;
  readonly isParameter: boolean;
}

/** On each node: its parent. A symbol field is not a child node, and costs less than a map next to the tree. */
const parentOf = Symbol('parent');
type Placed = Syntax & { [parentOf]?: Syntax };

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
  readonly #scopes = new Map<Syntax, Map<string, Binding>>();

  constructor(path: string, text: string, program: Syntax) {
    this.path = path;
    this.text = text;
    this.program = program;
    const pieces: Syntax[] = [];
    const waiting = [program];
    for (let piece = waiting.pop(); piece !== undefined; piece = waiting.pop()) {
      pieces.push(piece);
      const below = piecesOf(piece);
      for (const child of below) (child as Placed)[parentOf] = piece;
      waiting.push(...below.toReversed());
    }
    this.pieces = pieces;
    this.calls = pieces.filter(isCall);
    this.imports = pieces.flatMap(importsOf);
    for (const piece of pieces) this.#declare(piece);
  }

  parentOf(node: Syntax): Syntax | undefined {
    return (node as Placed)[parentOf];
  }

  /** The ancestors of a node, the nearest first. */
  *around(node: Syntax): Generator<Syntax> {
    for (let outer = this.parentOf(node); outer !== undefined; outer = this.parentOf(outer)) yield outer;
  }

  /** The function around a node; the program if there is none. */
  functionAround(node: Syntax): Syntax {
    for (const outer of this.around(node)) if (isFunction(outer)) return outer;
    return this.program;
  }

  /** The binding of a name at its place. */
  bindingOf(identifier: Syntax): Binding | undefined {
    const name = identifierOf(identifier);
    if (name === undefined) return undefined;
    for (const outer of this.around(identifier)) {
      const found = this.#scopes.get(outer)?.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The binding of a name of the module itself. */
  topBinding(name: string): Binding | undefined {
    return this.#scopes.get(this.program)?.get(name);
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

  #declare(node: Syntax): void {
    switch (node.type) {
      case 'ImportDeclaration':
        for (const specifier of childrenOf(node, 'specifiers')) this.#declareImport(node, specifier);
        return;
      case 'VariableDeclarator': {
        const isVar = this.parentOf(node)?.kind === 'var';
        const scope = isVar ? this.functionAround(node) : this.#blockAround(node);
        this.#declarePattern(scope, childOf(node, 'id'), childOf(node, 'init'), false);
        return;
      }
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        this.#bind(this.#blockAround(node), {
          name: identifierOf(childOf(node, 'id')) ?? '',
          value: node,
          isParameter: false,
        });
    }
    if (isFunction(node)) {
      for (const parameter of childrenOf(node, 'params')) this.#declarePattern(node, parameter, undefined, true);
    }
  }

  #declareImport(declaration: Syntax, specifier: Syntax): void {
    const name = identifierOf(childOf(specifier, 'local'));
    if (name === undefined) return;
    const module = childOf(declaration, 'source')?.value as string;
    const key = childOf(specifier, 'imported');
    const named = identifierOf(key) ?? (key?.value as string | undefined);
    const imported = specifier.type === 'ImportNamespaceSpecifier' ? '*' : (named ?? 'default');
    this.#bind(this.program, { name, module, imported, isParameter: false });
  }

  #declarePattern(scope: Syntax, pattern: Syntax | undefined, value: Syntax | undefined, isParameter: boolean): void {
    // A default value; a parameter of a constructor that is a field as well.
    const inner = childOf(pattern, 'left') ?? childOf(pattern, 'parameter');
    if (inner !== undefined) {
      this.#declarePattern(scope, inner, value, isParameter);
      return;
    }
    const name = identifierOf(pattern);
    const module = requiredModule(unwrap(value));
    if (name !== undefined) {
      const typeName = typeNameOf(pattern);
      this.#bind(
        scope,
        module === undefined ? { name, value, isParameter, typeName } : { name, module, imported: '*', isParameter },
      );
      return;
    }
    for (const property of childrenOf(pattern, 'properties')) {
      const target = childOf(property, 'value');
      const local = identifierOf(target?.type === 'AssignmentPattern' ? childOf(target, 'left') : target);
      const field = keyName(property);
      if (local === undefined || field === undefined) continue;
      this.#bind(
        scope,
        module === undefined
          ? { name: local, value, field, isParameter }
          : { name: local, module, imported: field, isParameter },
      );
    }
  }

  #bind(scope: Syntax, binding: Binding): void {
    const names = this.#scopes.get(scope) ?? new Map<string, Binding>();
    this.#scopes.set(scope, names.set(binding.name, binding));
  }

  #blockAround(node: Syntax): Syntax {
    for (const outer of this.around(node)) {
      if (outer.type === 'BlockStatement' || outer.type === 'Program' || isFunction(outer)) return outer;
    }
    return this.program;
  }
}

function importsOf(node: Syntax): SourceFile['imports'] {
  const isType = node.importKind === 'type' || node.exportKind === 'type';
  const source = isType ? undefined : childOf(node, 'source');
  const module = source?.type === 'StringLiteral' ? (source.value as string) : requiredModule(node);
  return module === undefined ? [] : [{ module, node }];
}

/** The module of `require('module')` and `import('module')`. */
function requiredModule(node: Syntax | undefined): string | undefined {
  if (!isCall(node)) return undefined;
  const callee = childOf(node, 'callee');
  const [argument] = childrenOf(node, 'arguments');
  const isRequire = identifierOf(callee) === 'require' || callee?.type === 'Import';
  return isRequire && argument?.type === 'StringLiteral' ? (argument.value as string) : undefined;
}

function typeNameOf(identifier: Syntax | undefined): string | undefined {
  const type = childOf(childOf(identifier, 'typeAnnotation'), 'typeAnnotation');
  const name = childOf(type, 'typeName');
  return identifierOf(name) ?? identifierOf(childOf(name, 'right'));
}
