/**
 * The facts that an adapter or an edge states about its framework: for its own errors, for a diagnosis, and for tools
 * and docs.
 */

import type { FrameworkFixes } from '@countersign/core/diagnose';

/** The names used in an adapter's errors, and the only facts needed at run time. */
export interface FrameworkWords {
  /** The body parsers of the framework, as people call them, so that `body_not_raw` names the one that took the bytes. */
  readonly json: string;
  readonly form: string;
  readonly text: string;
  readonly fixes: FrameworkFixes;
}

/** A route that a tool writes the code of. */
export interface RouteToWrite {
  /** Such as `/webhooks/stripe`. */
  readonly path: string;
  /** True if the sender checks the URL with GET. */
  readonly hasGet: boolean;
  /** The handler, as code. */
  readonly handle: string;
}

/** The facts about a framework for tools and docs. */
export interface FrameworkFacts {
  /** In options of tools: `--framework express`. */
  readonly id: string;
  readonly title: string;
  /** The module that mounts receivers. */
  readonly module: string;
  /** The framework's own package; undefined where there is none to install. */
  readonly peer?: string;
  /** Modules of the adapter that need Node, for runtimes without it. */
  readonly nodeModules: readonly string[];
  readonly fixes: FrameworkFixes;
  /** Imports and statements that serve a receiver named `receiver`. Left out where it takes more than one file. */
  readonly code?: (route: RouteToWrite) => string;
}
