/** The completion script for bash, which needs only bash 3.2. */

import type { CompletionNode, ValueKind } from './command-tree.ts';

/** A script to be sourced. */
export function bashScript(tree: readonly CompletionNode[], providers: readonly string[]): string {
  const key = (place: readonly string[]) => `'/${place.join('/')}'`;
  const answer = (kind: ValueKind) => {
    if (kind === 'files') return '_countersign_files';
    if (kind === 'nothing') return ':';
    return `_countersign_words ${quote((kind === 'providers' ? providers : kind).join(' '))}`;
  };
  const places = tree.filter(({ place }) => place.length > 0).map(({ place }) => key(place));
  const values = tree.flatMap(({ place, options }) =>
    options.flatMap(({ names, value }) =>
      value === undefined
        ? []
        : [`    ${names.map((name) => quote(`/${place.join('/')} ${name}`)).join('|')}) ${answer(value)}; return ;;`],
    ),
  );
  const commands = tree.map(({ place, subcommands, options, argument }) => {
    const names = options.flatMap((option) => option.names).join(' ');
    const words = subcommands.map(({ name }) => name).join(' ');
    const operand = words === '' ? answer(argument) : `_countersign_words ${quote(words)}`;
    return `    ${key(place)})
      case "$current" in
        -*) _countersign_words ${quote(names)} ;;
        *) ${operand} ;;
      esac ;;`;
  });
  return `# bash completion for countersign. Source it: source <(countersign completion bash)

_countersign_words() {
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}

_countersign_files() {
  # Since bash 4, readline quotes file names by itself.
  if ! compopt -o default 2>/dev/null; then
    local IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}

_countersign() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" place='/' at
  COMPREPLY=()
  # --provider=stripe comes as three words.
  if [[ $current == = ]]; then
    current=''
  elif [[ $previous == = ]]; then
    previous="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${place%/}/\${COMP_WORDS[at]}" in
      ${places.join('|')}) place="\${place%/}/\${COMP_WORDS[at]}" ;;
    esac
  done
  case "$place $previous" in
${values.join('\n')}
  esac
  case "$place" in
${commands.join('\n')}
  esac
}

complete -F _countersign countersign
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
