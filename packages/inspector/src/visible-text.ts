/** Bytes as text in which nothing is invisible: line ends, blanks at the ends, controls, bytes that are no UTF-8. */

/** A run of text; `isMark` where it stands for something that would not be seen, and then `isLineEnd` where a line ends. */
export interface VisibleRun {
  readonly text: string;
  readonly isMark: boolean;
  readonly isLineEnd?: boolean;
}

/** In letters: few fonts have the signs for them. */
const names: Readonly<Record<string, string>> = { '\n': 'LF', '\r': 'CR', '\t': 'TAB', '\ufeff': 'BOM' };
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const hidden = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]/;

/** The bytes as runs, and how many of them were left out behind `limit`. */
export function visibleRuns(
  bytes: Uint8Array,
  limit = 6000,
): { readonly runs: readonly VisibleRun[]; readonly leftOut: number } {
  const shown = bytes.subarray(0, limit);
  const isCut = bytes.length > limit;
  let text: string;
  try {
    // A character that the limit cuts in two is no fault of the text.
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

/** Each byte beyond ASCII by its number, where the whole is no UTF-8. */
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
