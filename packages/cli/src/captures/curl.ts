/** Reads the request that a curl command would send, as copied from browsers and debugging sites. Nothing is run. */

import { CliFailure } from '../frame/failure.ts';
import { type CapturedRequest, lossNotes } from './captured-request.ts';
import { effectOf, readOptions } from './curl-options.ts';
import { ShellWordsError, splitShellWords } from './shell-words.ts';

/** Reads the file that `@name` refers to. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/** @throws CliFailure capture_unreadable, file_unreadable */
export async function parseCurl(bytes: Uint8Array, name: string, readFile: ReadFile): Promise<CapturedRequest> {
  const refuse = (reason: string) =>
    new CliFailure('capture_unreadable', `${name} is not a readable curl command: ${reason}.`);
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .replace(/^\s*(?:\$ )?/, '');
  if (/\^\r?\n|\^"/.test(text)) throw refuse('it was copied for cmd.exe. Copy it for bash');
  const [program = '', ...words] = split(text, refuse);
  if (!/^(?:.*\/)?curl(?:\.exe)?$/.test(program)) throw refuse('it does not begin with curl');
  const request = new CurlRequest(readFile, refuse);
  for (let at = 0; at < words.length; at++) {
    for (const { option, value } of readOptions(words, at, refuse)) {
      if (value?.isNextWord) at += 1;
      await request.apply(option, value?.text ?? '');
    }
  }
  return request.finish();
}

/** Collects the options. Text is bytes, one character for each. */
class CurlRequest {
  readonly #readFile: ReadFile;
  readonly #refuse: (reason: string) => CliFailure;
  readonly #headers: (readonly [name: string, value: string])[] = [];
  readonly #removed = new Set<string>();
  readonly #data: string[] = [];
  #method: string | undefined;
  #url: string | undefined;
  #isJson = false;

  constructor(readFile: ReadFile, refuse: (reason: string) => CliFailure) {
    this.#readFile = readFile;
    this.#refuse = refuse;
  }

  async apply(option: string | undefined, value: string): Promise<void> {
    switch (effectOf(option)) {
      case 'method':
        this.#method = value;
        break;
      case 'url':
        if (this.#url !== undefined) throw this.#refuse('it names two URLs');
        this.#url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
        break;
      case 'header':
        this.#addHeader(value);
        break;
      case 'data_raw':
        this.#data.push(value);
        break;
      case 'data':
        // curl removes line endings and NUL from a file that is not passed as binary.
        this.#data.push(value.startsWith('@') ? (await this.#fileText(value)).replace(/[\r\n\0]/g, '') : value);
        break;
      case 'data_binary':
        this.#data.push(value.startsWith('@') ? await this.#fileText(value) : value);
        break;
      case 'data_urlencode':
        this.#data.push(await this.#encoded(value));
        break;
      case 'json':
        this.#isJson = true;
        this.#data.push(value.startsWith('@') ? await this.#fileText(value) : value);
        break;
      case 'user_agent':
        this.#headers.push(['User-Agent', value]);
        break;
      case 'referer':
        this.#headers.push(['Referer', value]);
        break;
      case 'cookie':
        this.#headers.push(['Cookie', value]);
        break;
      case 'user':
        this.#headers.push(['Authorization', `Basic ${Buffer.from(value, 'latin1').toString('base64')}`]);
        break;
      case 'none':
    }
  }

  finish(): CapturedRequest {
    if (this.#url === undefined) throw this.#refuse('it names no URL');
    const hasData = this.#data.length > 0;
    // `--json` parts are concatenated, others are joined with &.
    const text = this.#data.join(this.#isJson ? '' : '&');
    const has = (wanted: string) =>
      this.#removed.has(wanted) || this.#headers.some(([name]) => name.toLowerCase() === wanted);
    const contentType = this.#isJson ? 'application/json' : 'application/x-www-form-urlencoded';
    const added = hasData && !has('content-type') ? ([['Content-Type', contentType]] as const) : [];
    const body = Buffer.from(text, 'latin1');
    return {
      method: this.#method ?? (hasData ? 'POST' : 'GET'),
      url: this.#url,
      headers: [...this.#headers, ...added],
      body,
      notes: lossNotes(body, 'The curl command'),
    };
  }

  /** `Name: value`; `Name;` is a header without a value, `Name:` one that curl omits. */
  #addHeader(text: string): void {
    if (text.startsWith('@')) throw this.#refuse('its headers are in a file. Write them out');
    const [, name, mark, value = ''] = /^([^:;]+)([:;])\s*(.*)$/s.exec(text) ?? [];
    if (name === undefined) throw this.#refuse('it has a -H without a colon');
    if (mark === ';' && value === '') this.#headers.push([name.trim(), '']);
    else if (mark === ':' && value === '') this.#removed.add(name.trim().toLowerCase());
    else if (mark === ':') this.#headers.push([name.trim(), value.trimEnd()]);
    else throw this.#refuse('it has a -H without a colon');
  }

  /** `content`, `=content`, `name=content`, `@file` and `name@file`; only the content is encoded. */
  async #encoded(text: string): Promise<string> {
    const [, name = '', mark = '', content = ''] =
      /^([^=]*)(=)(.*)$/s.exec(text) ?? /^([^@]*)(@)(.*)$/s.exec(text) ?? [];
    if (mark === '') return encodeForm(text);
    const bytes = mark === '@' ? await this.#fileText(`@${content}`) : content;
    return `${name === '' ? '' : `${name}=`}${encodeForm(bytes)}`;
  }

  async #fileText(value: string): Promise<string> {
    const path = Buffer.from(value.slice(1), 'latin1').toString('utf8');
    if (path === '-') throw this.#refuse('its body comes from standard input. Name a file');
    return Buffer.from(await this.#readFile(path)).toString('latin1');
  }
}

/**
 * Encodes bytes as curl does, one character for each: everything except letters, digits and `-._~`; a space becomes
 * `+`.
 */
function encodeForm(bytes: string): string {
  const encode = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  return bytes.replace(/[^A-Za-z0-9._~ -]/g, encode).replaceAll(' ', '+');
}

function split(text: string, refuse: (reason: string) => CliFailure): readonly string[] {
  try {
    return splitShellWords(text);
  } catch (error) {
    if (error instanceof ShellWordsError) throw refuse(error.message);
    throw error;
  }
}
