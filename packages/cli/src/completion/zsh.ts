/** The completion script for zsh, with descriptions. */

import type { CompletionNode, ValueKind } from './command-tree.ts';

/** A script to source, or to put as `_countersign` into a folder of `fpath`. */
export function zshScript(tree: readonly CompletionNode[], providers: readonly string[]): string {
  const key = (place: readonly string[]) => `/${place.join('/')}`;
  const answer = (kind: ValueKind) => {
    if (kind === 'files') return '_files';
    if (kind === 'nothing') return ':';
    return `compadd -- ${(kind === 'providers' ? providers : kind).map(quote).join(' ')}`;
  };
  const describe = (entries: readonly (readonly [name: string, description: string])[]) =>
    entries.map(([name, description]) => quote(`${name.replaceAll(':', '\\:')}:${description}`)).join(' ');
  const places = tree.filter(({ place }) => place.length > 0).map(({ place }) => quote(key(place)));
  const values = tree.flatMap(({ place, options }) =>
    options.flatMap(({ names, value }) =>
      value === undefined
        ? []
        : [`    (${names.map((name) => quote(`${key(place)} ${name}`)).join('|')}) ${answer(value)}; return ;;`],
    ),
  );
  const commands = tree.map(({ place, subcommands, options, argument }) => {
    const flags = options.flatMap(({ names, description }) => names.map((name) => [name, description] as const));
    const words = subcommands.map(({ name, description }) => [name, description] as const);
    const operand = words.length === 0 ? answer(argument) : `entries=(${describe(words)}); _describe command entries`;
    return `    (${quote(key(place))})
      if [[ $current == -* ]]; then
        entries=(${describe(flags)}); _describe option entries
      else
        ${operand}
      fi ;;`;
  });
  // Not `path`: zsh ties that name to PATH.
  return `#compdef countersign
# zsh completion for countersign. Source it behind compinit: source <(countersign completion zsh)

_countersign() {
  local current=$words[CURRENT] previous=$words[CURRENT-1] place='/' word
  local -a entries
  for word in \${words[2,CURRENT-1]}; do
    case "\${place%/}/$word" in
      (${places.join('|')}) place="\${place%/}/$word" ;;
    esac
  done
  case "$place $previous" in
${values.join('\n')}
  esac
  case "$place" in
${commands.join('\n')}
  esac
}

if [ "\${funcstack[1]}" = "_countersign" ]; then
  _countersign "$@"
else
  compdef _countersign countersign
fi
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
