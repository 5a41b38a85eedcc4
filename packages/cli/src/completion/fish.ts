/** The completion script for fish, with descriptions. */

import type { CompletionNode, ValueKind } from './command-tree.ts';

/** A script to source, or to put into `~/.config/fish/completions/countersign.fish`. */
export function fishScript(tree: readonly CompletionNode[], providers: readonly string[]): string {
  const words = (kind: ValueKind) =>
    (kind === 'providers' ? providers : typeof kind === 'string' ? [] : kind).join(' ');
  const flagsOfValue = (value: ValueKind) => {
    if (value === 'files') return ' -r -F';
    return value === 'nothing' ? ' -x' : ` -x -a ${quote(words(value))}`;
  };
  const lines = tree.flatMap((node) => {
    const condition = quote(conditionOf(node));
    const complete = `complete -c countersign -n ${condition}`;
    const commands = node.subcommands.map(({ name, description }) => `${complete} -a ${name} -d ${quote(description)}`);
    const options = node.options.map(({ names, description, value }) => {
      const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
      return `${complete} ${flags.join(' ')}${value === undefined ? '' : flagsOfValue(value)} -d ${quote(description)}`;
    });
    if (node.argument === 'nothing') return [...commands, ...options];
    const argument = node.argument === 'files' ? `${complete} -F` : `${complete} -a ${quote(words(node.argument))}`;
    return [...commands, ...options, argument];
  });
  return `# fish completion for countersign. Source it: countersign completion fish | source

complete -c countersign -f
${lines.join('\n')}
`;
}

/** True if the words so far lead to this command and to none below it. */
function conditionOf({ place, subcommands }: CompletionNode): string {
  const last = place.at(-1);
  if (last === undefined) return '__fish_use_subcommand';
  const below = subcommands.map(({ name }) => name).join(' ');
  const seen = `__fish_seen_subcommand_from ${last}`;
  return below === '' ? seen : `${seen}; and not __fish_seen_subcommand_from ${below}`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
