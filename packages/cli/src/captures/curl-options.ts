/** The curl options that are supported, and their parsing. */

import { printable } from '../frame/output.ts';

/** The effect of a curl option on the request. `none`: the same request with or without it. */
export type Effect =
  | 'method'
  | 'url'
  | 'header'
  | 'data'
  | 'data_raw'
  | 'data_binary'
  | 'data_urlencode'
  | 'json'
  | 'user_agent'
  | 'referer'
  | 'cookie'
  | 'user'
  | 'none';

/** https://curl.se/docs/manpage.html (read 2026-11-21) */
const withValue: Readonly<Record<string, Effect>> = {
  '-X': 'method',
  '--request': 'method',
  '--url': 'url',
  '-H': 'header',
  '--header': 'header',
  '-d': 'data',
  '--data': 'data',
  '--data-ascii': 'data',
  '--data-raw': 'data_raw',
  '--data-binary': 'data_binary',
  '--data-urlencode': 'data_urlencode',
  '--json': 'json',
  '-A': 'user_agent',
  '--user-agent': 'user_agent',
  '-e': 'referer',
  '--referer': 'referer',
  '-b': 'cookie',
  '--cookie': 'cookie',
  '-u': 'user',
  '--user': 'user',
  ...Object.fromEntries(
    '-o --output -m --max-time --connect-timeout --resolve --connect-to -x --proxy --cacert --capath -E --cert --key -w --write-out --retry --retry-delay --max-redirs -c --cookie-jar -D --dump-header --ciphers --interface'
      .split(' ')
      .map((name) => [name, 'none'] as const),
  ),
};
const withoutValue = new Set(
  '--compressed -k --insecure -s --silent -S --show-error -v --verbose -i --include --show-headers -L --location -f --fail --fail-with-body -N --no-buffer -g --globoff -0 --http1.0 --http1.1 --http2 --http2-prior-knowledge --http3 -4 --ipv4 -6 --ipv6 -# --progress-bar --path-as-is --no-keepalive --ssl-reqd --tlsv1.2 --tlsv1.3 -O --remote-name -q --disable'.split(
    ' ',
  ),
);

/** The effect of an option; a word that is not an option is the URL. */
export function effectOf(option: string | undefined): Effect {
  return option === undefined ? 'url' : (withValue[option] ?? 'none');
}

/** One option as written on the command line. */
export interface OptionWord {
  /** Undefined for a word that is not an option. */
  readonly option: string | undefined;
  readonly value?: { readonly text: string; readonly isNextWord: boolean };
}

/** The reason for refusing an option that a real capture may contain. */
const reasons: Readonly<Record<string, string>> = {
  '-F': 'curl makes up a new boundary for a form each time, so the bytes that were sent are not in the command',
  '-T': 'its body is a file that is uploaded. Write it as --data-binary @file',
  '-G': 'it puts its data into the URL. Write out the URL',
};
const longNames: Readonly<Record<string, string>> = {
  '--form': '-F',
  '--form-string': '-F',
  '--upload-file': '-T',
  '--get': '-G',
};

function refusalOf(option: string): string {
  const reason = reasons[longNames[option] ?? option];
  return `${printable(option)} is not understood${reason === undefined ? '' : `: ${reason}`}`;
}

/**
 * The options in one word: `-sSL` is three options, `-XPOST` is one with its value. @throws the error made by `refuse`
 */
export function readOptions(
  words: readonly string[],
  at: number,
  refuse: (reason: string) => Error,
): readonly OptionWord[] {
  const word = words[at] as string;
  const nextWord = (option: string) => {
    const text = words[at + 1];
    if (text === undefined) throw refuse(`${option} has no value`);
    return { text, isNextWord: true };
  };
  if (!word.startsWith('-') || word === '-') return [{ option: undefined, value: { text: word, isNextWord: false } }];
  if (word.startsWith('--')) {
    if (withoutValue.has(word)) return [{ option: word }];
    if (!Object.hasOwn(withValue, word)) throw refuse(refusalOf(word));
    return [{ option: word, value: nextWord(word) }];
  }
  const found: OptionWord[] = [];
  for (let place = 1; place < word.length; place++) {
    const option = `-${word[place]}`;
    if (withoutValue.has(option)) {
      found.push({ option });
    } else if (Object.hasOwn(withValue, option)) {
      const rest = word.slice(place + 1);
      return [...found, { option, value: rest === '' ? nextWord(option) : { text: rest, isNextWord: false } }];
    } else {
      throw refuse(refusalOf(option));
    }
  }
  return found;
}
