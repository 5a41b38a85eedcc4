/**
 * Splits one command into words as bash does, without running anything: quotes, `$'...'`, backslashes and continued
 * lines.
 *
 * Text is bytes, one character for each, so that `\xff` in `$'...'` stays one byte.
 */

/** Parts of a command that only a shell can replace, or that end it. */
export class ShellWordsError extends Error {
  override readonly name = 'ShellWordsError';
}

/** The words of the first command. @throws ShellWordsError */
export function splitShellWords(text: string): readonly string[] {
  const reader = new WordReader(text);
  const words: string[] = [];
  for (let word = reader.next(); word !== undefined; word = reader.next()) words.push(word);
  return words;
}

/** Allowed after the one command: separators, whitespace and comments. */
const restOfCommand = /^[;&\s]*(?:#[^\n]*\s*)*$/;
const blank = /[ \t\r]/;
/** https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html (read 2026-11-21) */
const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};

class WordReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next word, or undefined at the end of the command. */
  next(): string | undefined {
    this.#skipBlanks();
    if (this.#isEnd()) return undefined;
    let word = '';
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined || blank.test(character) || character === '\n') return word;
      if (';&|<>()'.includes(character)) {
        if (this.#isEnd()) return word;
        throw new ShellWordsError(`it has an unquoted ${character}, which a shell would act on`);
      }
      word += this.#readPart(character);
    }
  }

  #readPart(character: string): string {
    const next = this.#text[this.#at + 1];
    if (character === "'") return this.#readUntil("'", 1);
    if (character === '"') return this.#readDoubleQuoted();
    if (character === '$' && next === "'") return this.#readAnsiQuoted();
    if (character === '$' && next === '"') {
      this.#at += 1;
      return this.#readDoubleQuoted();
    }
    if (character === '\\') return this.#readEscape();
    this.#requirePlain(character);
    this.#at += 1;
    return character;
  }

  #skipBlanks(): void {
    for (;;) {
      const [skipped = ''] = /^(?:[ \t\r]|\\\r?\n)*/.exec(this.#text.slice(this.#at, this.#at + 4096)) ?? [];
      if (skipped === '') return;
      this.#at += skipped.length;
    }
  }

  /** True if the command is over. A second command after it is refused, because it is unclear which one is meant. */
  #isEnd(): boolean {
    const character = this.#text[this.#at];
    if (character === undefined) return true;
    if (!';&\n#'.includes(character)) return false;
    if (restOfCommand.test(this.#text.slice(this.#at))) return true;
    if (character === '\n') throw new ShellWordsError('it continues on another line; pass only one command');
    return false;
  }

  #readUntil(end: string, skipped: number): string {
    const from = this.#at + skipped;
    const to = this.#text.indexOf(end, from);
    if (to < 0) throw new ShellWordsError(`it has an unclosed ${end}`);
    this.#at = to + 1;
    return this.#text.slice(from, to);
  }

  #readDoubleQuoted(): string {
    let part = '';
    for (this.#at += 1; ; this.#at += 1) {
      const character = this.#text[this.#at];
      if (character === undefined) throw new ShellWordsError('it has an unclosed "');
      if (character === '"') break;
      const next = this.#text[this.#at + 1];
      if (character === '\\' && next !== undefined && '$`"\\\n'.includes(next)) {
        this.#at += 1;
        if (next !== '\n') part += next;
      } else {
        this.#requirePlain(character);
        part += character;
      }
    }
    this.#at += 1;
    return part;
  }

  #readAnsiQuoted(): string {
    let part = '';
    for (this.#at += 2; ; ) {
      const character = this.#text[this.#at];
      if (character === undefined) throw new ShellWordsError("it has an unclosed $'");
      this.#at += 1;
      if (character === "'") return part;
      part += character === '\\' ? this.#readAnsiEscape() : character;
    }
  }

  /** The character after the backslash. */
  #readAnsiEscape(): string {
    const rest = this.#text.slice(this.#at, this.#at + 16);
    // A browser writes characters beyond the basic plane as two surrogates.
    const [pair, high, low] = /^u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(rest) ?? [];
    if (pair !== undefined) {
      this.#at += pair.length;
      return utf8Bytes(String.fromCharCode(Number.parseInt(high as string, 16), Number.parseInt(low as string, 16)));
    }
    const [code, hex] = /^(?:x([0-9a-fA-F]{1,2})|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8})/.exec(rest) ?? [];
    if (code !== undefined) {
      this.#at += code.length;
      const number = Number.parseInt(code.slice(1), 16);
      if (hex !== undefined) return String.fromCharCode(number);
      if (number > 0x10ffff) throw new ShellWordsError(`it has \\${code}, which is not a character`);
      return utf8Bytes(String.fromCodePoint(number));
    }
    const [octal] = /^[0-7]{1,3}/.exec(rest) ?? [];
    if (octal !== undefined) {
      this.#at += octal.length;
      return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    }
    const [letter = ''] = rest;
    this.#at += 1;
    if (letter === 'c' && rest[1] !== undefined) {
      this.#at += 1;
      return String.fromCharCode(rest.charCodeAt(1) & 0x1f);
    }
    return simpleEscapes[letter] ?? `\\${letter}`;
  }

  #readEscape(): string {
    const next = this.#text[this.#at + 1];
    if (next === undefined) throw new ShellWordsError('it ends in a backslash');
    const isWindows = next === '\r' && this.#text[this.#at + 2] === '\n';
    this.#at += isWindows ? 3 : 2;
    return next === '\n' || isWindows ? '' : next;
  }

  /** @throws ShellWordsError for text that a shell would replace */
  #requirePlain(character: string): void {
    const rest = this.#text.slice(this.#at, this.#at + 2);
    if (character === '`' || /^\$[A-Za-z0-9_{(?$!@*#-]/.test(rest)) {
      throw new ShellWordsError(`it has ${character} outside single quotes, which only a shell can replace`);
    }
  }
}

/** The UTF-8 bytes of a text, one character for each. */
function utf8Bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
