/** Loads Babel, which parses files and knows their scopes. */

import { createRequire } from 'node:module';

// An import() of CommonJS reads the whole text for its exports first, which takes as long as loading the parser.
const require = createRequire(import.meta.url);

/** It is loaded for the first file: nothing else needs it. */
export function loadBabel() {
  const { parse } = require('@babel/parser') as typeof import('@babel/parser');
  const { default: traverse, Scope } = require('@babel/traverse') as typeof import('@babel/traverse');
  // It throws if a name is declared twice. Here the last declaration counts.
  Scope.prototype.checkBlockScopedCollisions = () => undefined;
  return { parse, traverse };
}
