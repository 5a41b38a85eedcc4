/** The tree of commands as completion scripts need it: what may stand where. */

import type { Argument, Command, Option } from 'commander';

/** What completes a value: names of files, ids of providers, fixed words, or nothing. */
export type ValueKind = 'files' | 'providers' | 'nothing' | readonly string[];

/** One option of a command. */
export interface CompletionOption {
  /** `-h` and `--help`, as they are typed. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined for an option without a value. */
  readonly value: ValueKind | undefined;
}

/** One command, with its place: `['providers', 'show']`; the program itself has the empty one. */
export interface CompletionNode {
  readonly place: readonly string[];
  readonly subcommands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletionOption[];
  /** What completes its arguments; the first one stands for all. */
  readonly argument: ValueKind;
}

/**
 * Every command below a program, the program first.
 *
 * A new command is completed without a word about it: `<file>` stands for a file, `<provider>` for an id, choices for themselves.
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
  // Where files are completed, folders are too.
  if (placeholder === 'file' || placeholder === 'folder') return 'files';
  return placeholder === 'provider' ? 'providers' : 'nothing';
}

/** `file` of `--headers <file>`. */
function placeholderOf(option: Option): string {
  return /[<[]([^\]>.]+)/.exec(option.flags)?.[1] ?? '';
}
