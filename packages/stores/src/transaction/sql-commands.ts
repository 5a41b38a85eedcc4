/** Splits SQL text into commands, only as far as needed to see their effect on the transaction. */

export type SqlDialect = 'postgres' | 'mysql' | 'sqlite';

/** `chain`: BEGIN, COMMIT or ROLLBACK in a form that no savepoint can replace. */
export type SqlCommandKind =
  | 'begin'
  | 'commit'
  | 'rollback'
  | 'chain'
  | 'two_phase'
  | 'savepoint'
  | 'set_transaction'
  | 'autocommit'
  | 'other';

export interface SqlCommand {
  readonly kind: SqlCommandKind;
  /** The first words, of a SET in MySQL all of them, in lower case; punctuation counts as a word, a quoted name loses its quotes. */
  readonly words: readonly string[];
}

const wordLimit = 10;
const decisive = /^\s*(?:select|insert|update|delete|with|merge|values|replace|call)\b/i;

/**
 * True if a text can be passed on without parsing: a single command that begins like one that leaves transactions
 * alone.
 */
function isPlain(text: string): boolean {
  const semicolon = text.indexOf(';');
  return decisive.test(text) && (semicolon === -1 || /^[\s;]*$/.test(text.slice(semicolon)));
}

const plain: readonly SqlCommand[] = [{ kind: 'other', words: [] }];

/**
 * Splits a text at semicolons outside strings, comments and function bodies.
 *
 * A server may be configured to parse strings differently (`standard_conforming_strings`, `NO_BACKSLASH_ESCAPES`); then
 * a command may be missed here, and the store's own savepoint reveals it.
 */
export function readCommands(text: string, dialect: SqlDialect): readonly SqlCommand[] {
  if (isPlain(text)) return plain;
  const commands: SqlCommand[] = [];
  let words: string[] = [];
  let isBody = false;
  let last = '';
  let beforeLast = '';
  const end = () => {
    if (words.length > 0) commands.push({ kind: kindOf(words, dialect), words });
    words = [];
    isBody = false;
  };
  for (const token of tokensOf(text, dialect)) {
    isBody ||= words[0] === 'create' && opensBody(words, last, token, dialect);
    const isInside = isBody && !(last === 'end' && beforeLast === ';');
    if (token === ';' && !isInside) end();
    else if (token !== ';' && (words.length < wordLimit || (dialect === 'mysql' && words[0] === 'set')))
      words.push(token);
    beforeLast = last;
    last = token;
  }
  end();
  return commands;
}

const routine = /^(?:call|execute|if|case|for|while|loop|repeat)$/;

/**
 * True if a text makes the server run commands from elsewhere, such as a procedure's, or a compound statement or
 * MariaDB's `SET STATEMENT ... FOR`: a COMMIT or ROLLBACK among them ends the transaction unseen.
 */
export function runsRoutine(text: string, dialect: SqlDialect): boolean {
  if (/^\s*call\b/i.test(text)) return true;
  return readCommands(text, dialect).some(
    ({ words: [first = '', second] }) => routine.test(first) || (first === 'set' && second === 'statement'),
  );
}

/** A function, procedure or trigger contains its own commands, up to its END. */
function opensBody(words: readonly string[], last: string, token: string, dialect: SqlDialect): boolean {
  const isRoutine = words.some((word) => /^(?:function|procedure|trigger|event)$/.test(word));
  if (!isRoutine) return false;
  return dialect === 'postgres' ? last === 'begin' && token === 'atomic' : token === 'begin';
}

const word = '[A-Za-z_\\u0080-\\uffff][\\w$\\u0080-\\uffff]*';
// An unclosed token extends to the end, so these always match and never backtrack.
const quoted = (mark: string) => `${mark}(?:[^${mark}]+|${mark}${mark})*(?:${mark}|$)`;
const escaped = (mark: string) => `${mark}(?:[^${mark}\\\\]+|\\\\(?:[^]|$)|${mark}${mark})*(?:${mark}|$)`;
const block = '/\\*[^]*?(?:\\*/|$)';

/** Blanks, then quoted text, then names and words, then any other character. */
const grammars: Readonly<Record<SqlDialect, RegExp>> = {
  // https://www.postgresql.org/docs/current/sql-syntax-lexical.html; a comment ends at a carriage return as well.
  postgres: new RegExp(
    `(\\s+|--[^\\n\\r]*)|([eE]${escaped("'")}|${quoted("'")}|\\$(?:${word.replace('$', '')})?\\$)|(${quoted('"')}|${word})|([^])`,
    'y',
  ),
  // https://dev.mysql.com/doc/refman/8.4/en/comments.html: the contents of /*! */ are run.
  mysql: new RegExp(
    `(\\s+|--(?=[\\s\\u0000-\\u001f]|$)[^\\n]*|#[^\\n]*|/\\*M?!\\d*|\\*/|${block})|(${escaped("'")}|${escaped('"')})|(${quoted('`')}|${word})|([^])`,
    'y',
  ),
  // https://www.sqlite.org/lang_comment.html, https://www.sqlite.org/lang_keywords.html
  sqlite: new RegExp(
    `(\\s+|--[^\\n]*|${block})|(${quoted("'")})|(${quoted('"')}|${quoted('`')}|\\[[^\\]]*(?:\\]|$)|${word})|([^])`,
    'y',
  ),
};

function* tokensOf(text: string, dialect: SqlDialect): Generator<string> {
  const grammar = new RegExp(grammars[dialect]);
  while (grammar.lastIndex < text.length) {
    if (dialect === 'postgres' && text.startsWith('/*', grammar.lastIndex)) {
      grammar.lastIndex = endOfNestedComment(text, grammar.lastIndex);
      continue;
    }
    const [, blank, string, name, other] = grammar.exec(text) as RegExpExecArray;
    if (blank !== undefined) continue;
    if (string !== undefined) {
      if (string.startsWith('$')) {
        const close = text.indexOf(string, grammar.lastIndex);
        grammar.lastIndex = close === -1 ? text.length : close + string.length;
      }
      yield "'";
    } else if (name !== undefined) yield unquote(name).toLowerCase();
    else yield other as string;
  }
}

const unquote = (name: string) => (/^["`[]/.test(name) ? name.slice(1, -1) : name);

/** PostgreSQL comments can be nested. */
function endOfNestedComment(text: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  for (let depth = 0; ; ) {
    const found = mark.exec(text);
    if (found === null) return text.length;
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
}

const beginnings: Readonly<Record<SqlDialect, RegExp>> = {
  postgres: /^(?:begin|start transaction)(?: work| transaction)?((?: .+)?)$/,
  mysql: /^(?:begin|start transaction)(?: work)?((?: .+)?)$/,
  sqlite: /^begin(?: deferred| immediate| exclusive| concurrent)?(?: transaction(?: [^ ]+)?)?((?: .+)?)$/,
};
const endings: Readonly<Record<SqlDialect, RegExp>> = {
  postgres: /^(commit|end|rollback|abort)(?: work| transaction)?((?: .+)?)$/,
  mysql: /^(commit|rollback)(?: work)?((?: .+)?)$/,
  sqlite: /^(commit|end|rollback)(?: transaction)?((?: .+)?)$/,
};
/** Additions that change nothing. */
const harmless = /^(?:(?: ,)? read write|(?: ,)? not deferrable)*$|^(?: and no chain)?(?: no release)?$/;

/** One SET assigns several variables: https://dev.mysql.com/doc/refman/8.4/en/set-variable.html */
const autocommitSet = /^set .*(?<=^set |, )(?:session |local |@ @ (?:session \. |local \. )?)?autocommit (?:: )?=/;

function kindOf(words: readonly string[], dialect: SqlDialect): SqlCommandKind {
  const text = words.join(' ');
  if (/^(?:prepare transaction|commit prepared|rollback prepared|xa )/.test(text)) return 'two_phase';
  if (/^(?:savepoint|release|rollback(?: work| transaction)? to) /.test(text)) return 'savepoint';
  if (dialect === 'postgres' && text.startsWith('set transaction ')) return 'set_transaction';
  if (dialect === 'mysql' && words[0] === 'set' && autocommitSet.test(text)) return 'autocommit';
  const beginning = beginnings[dialect].exec(text);
  if (beginning !== null) return harmless.test(beginning[1] ?? '') ? 'begin' : 'chain';
  const ending = endings[dialect].exec(text);
  if (ending === null) return 'other';
  if (!harmless.test(ending[2] ?? '')) return 'chain';
  return ending[1] === 'commit' || ending[1] === 'end' ? 'commit' : 'rollback';
}
