/** Bytes as text that shows everything invisible: line ends, control characters, bytes that are not UTF-8. */

/** A run of text. `isMark`: it represents an invisible character; `isLineEnd`: a line ends after it. */
export interface VisibleRun {
  readonly text: string;
  readonly isMark: boolean;
  readonly isLineEnd?: boolean;
}

/** In letters: few fonts have the symbols for them. */
const names: Readonly<Record<string, string>> = { '\n': 'LF', '\r': 'CR', '\t': 'TAB', '\ufeff': 'BOM' };
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern searches for them
const hidden = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]/;

/** The bytes as runs, and the number of bytes left out after `limit`. */
export function visibleRuns(
  bytes: Uint8Array,
  limit = 6000,
): { readonly runs: readonly VisibleRun[]; readonly leftOut: number } {
  const shown = bytes.subarray(0, limit);
  const isCut = bytes.length > limit;
  let text: string;
  try {
    // A character that the limit splits is not an error of the text.
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(shown, { stream: isCut });
  } catch {
    return { runs: latinRuns(shown), leftOut: bytes.length - shown.length };
  }
  return { runs: runsOf([...text].map((sign) => markOf(sign))), leftOut: bytes.length - shown.length };
}

function markOf(sign: string): VisibleRun {
  if (!hidden.test(sign)) return { text: sign, isMark: false };
  return {
    text: names[sign] ?? `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
    isMark: true,
    ...(sign === '\n' && { isLineEnd: true }),
  };
}

/** Each byte beyond ASCII as its number, for bytes that are not UTF-8. */
function latinRuns(bytes: Uint8Array): readonly VisibleRun[] {
  return runsOf(
    [...bytes].map((byte) =>
      byte >= 0x80 ? { text: `\\x${byte.toString(16)}`, isMark: true } : markOf(String.fromCharCode(byte)),
    ),
  );
}

function runsOf(signs: readonly VisibleRun[]): readonly VisibleRun[] {
  const runs: VisibleRun[] = [];
  for (const sign of signs) {
    const last = runs.at(-1);
    if (last?.isMark === sign.isMark && !sign.isMark) runs[runs.length - 1] = { ...last, text: last.text + sign.text };
    else runs.push(sign);
  }
  return runs;
}
