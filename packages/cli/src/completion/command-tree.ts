/** The tree of commands for completion scripts. */

import type { Argument, Command, Option } from 'commander';

/** The kind of completion for a value: file names, provider ids, fixed words, or none. */
export type ValueKind = 'files' | 'providers' | 'nothing' | readonly string[];

/** One option of a command. */
export interface CompletionOption {
  /** `-h` and `--help`, as typed. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined for an option without a value. */
  readonly value: ValueKind | undefined;
}

/** One command, with its place: `['providers', 'show']`; the program itself has an empty one. */
export interface CompletionNode {
  readonly place: readonly string[];
  readonly subcommands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletionOption[];
  /** The kind of completion for its arguments; the first one is used for all. */
  readonly argument: ValueKind;
}

/**
 * Every command of a program, the program first.
 *
 * A new command is completed without extra code: `<file>` means a file, `<provider>` an id, choices themselves.
 */
export function readCommandTree(program: Command): readonly CompletionNode[] {
  return visit(program, []);
}

function visit(command: Command, place: readonly string[]): readonly CompletionNode[] {
  const help = command.createHelp();
  const children = help.visibleCommands(command);
  const options = [...help.visibleOptions(command), ...(place.length === 0 ? [] : help.visibleGlobalOptions(command))];
  const [first] = command.registeredArguments;
  const node: CompletionNode = {
    place,
    subcommands: children.map((child) => ({ name: child.name(), description: child.description() })),
    options: options.map((option) => ({
      names: [option.short, option.long].filter((name) => name !== undefined && name !== null),
      description: option.description,
      value: option.required || option.optional ? kindOf(option, placeholderOf(option)) : undefined,
    })),
    argument: first === undefined ? 'nothing' : kindOf(first, first.name()),
  };
  return [node, ...children.flatMap((child) => visit(child, [...place, child.name()]))];
}

function kindOf({ argChoices }: Option | Argument, placeholder: string): ValueKind {
  if (argChoices !== undefined) return argChoices;
  // Wherever files are completed, folders are too.
  if (placeholder === 'file' || placeholder === 'folder') return 'files';
  return placeholder === 'provider' ? 'providers' : 'nothing';
}

/** `file` of `--headers <file>`. */
function placeholderOf(option: Option): string {
  return /[<[]([^\]>.]+)/.exec(option.flags)?.[1] ?? '';
}
