/** The module of an app that exports its receiver, for commands that work with the app's own configuration. */

import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Archive, DedupeStore, Handle, Receiver } from '@countersign/core';
import type { Command } from 'commander';
import { CliFailure } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { printable } from '../frame/output.ts';

export interface ModuleOptions {
  readonly module: string;
  readonly receiver?: string;
}

/** A receiver of an app with its archive. */
export interface AppReceiver {
  readonly receiver: Receiver;
  readonly archive: Archive;
  readonly namespace: string;
  readonly provider: string;
  readonly store: DedupeStore;
  /** The handlers in an export of the module. @throws CliFailure module_unusable */
  handlers(name: string): Handle;
  /** Calls the module's own `close`, if it exports one. */
  close(): Promise<void>;
}

export function addModuleOptions(command: Command): Command {
  return command
    .requiredOption(
      '--module <file>',
      'the module of your app that exports the receiver; it is run, so it must not start a server',
    )
    .option('--receiver <export>', 'the export with the receiver; default receiver');
}

/** @throws CliFailure module_unusable */
export async function loadApp(options: ModuleOptions, { surroundings }: Frame): Promise<AppReceiver> {
  const file = resolve(surroundings.folder, options.module);
  const exports = await importModule(file, options.module);
  const name = options.receiver ?? 'receiver';
  const receiver = (exports[name] ?? (exports.default as Record<string, unknown> | undefined)?.[name]) as
    | (Receiver & Partial<Record<symbol, () => AppOptions>>)
    | undefined;
  const configuration = receiver?.[Symbol.for('countersign.options')]?.();
  if (receiver === undefined || configuration === undefined)
    throw unusable(
      `${printable(options.module)} has no export ${printable(name)} that was made by createReceiver. Name it with --receiver.`,
    );
  const { archive, dedupe, namespace, provider } = configuration;
  if (archive === undefined || dedupe === undefined)
    throw unusable(`the receiver ${printable(name)} has no archive. Set archive in createReceiver.`);
  return {
    receiver,
    archive,
    namespace,
    provider: provider.name,
    store: dedupe.store,
    handlers(from) {
      const found = exports[from] ?? (exports.default as Record<string, unknown> | undefined)?.[from];
      if (typeof found === 'function' || (typeof found === 'object' && found !== null)) return found as Handle;
      throw unusable(
        `${printable(options.module)} has no export ${printable(from)} with a handler or handlers by type. Name it with --handlers.`,
      );
    },
    async close() {
      if (typeof exports.close === 'function') await exports.close();
    },
  };
}

interface AppOptions {
  readonly archive: Archive | undefined;
  readonly dedupe: { readonly store: DedupeStore } | undefined;
  readonly namespace: string;
  readonly provider: { readonly name: string };
}

async function importModule(file: string, given: string): Promise<Record<string, unknown>> {
  try {
    await access(file);
  } catch (cause) {
    throw new CliFailure('file_unreadable', `cannot read ${printable(given)}.`, { cause });
  }
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const hint =
      code === 'ERR_UNKNOWN_FILE_EXTENSION'
        ? ' This Node does not run TypeScript: name the built module, or run node --import tsx node_modules/countersign/dist/bin.js.'
        : '';
    throw unusable(
      `${printable(given)} could not be loaded: ${printable(String(message ?? cause).slice(0, 300))}.${hint}`,
      cause,
    );
  }
}

function unusable(message: string, cause?: unknown): CliFailure {
  return new CliFailure('module_unusable', message, cause === undefined ? {} : { cause });
}
