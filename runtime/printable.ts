// Control characters (a terminal obeys them), format characters (bidi overrides, zero widths), line and paragraph separators, lone surrogates.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** The text of a stranger, safe for a terminal and a log line: what is not printable as \u{…} in hexadecimal, at most `limit` characters, the last of them … when it was cut. */
export function printable(text: string, limit = 200): string {
  let safe = ''
  let whole = ''
  // A text longer than the limit stays longer when escaped: the rest needs no look.
  for (const character of text.slice(0, limit + 1)) {
    const shown = UNPRINTABLE.test(character) ? `\\u{${character.codePointAt(0)?.toString(16)}}` : character
    if (whole.length + shown.length > limit) return `${safe}…`
    whole += shown
    if (whole.length < limit) safe = whole
  }
  return whole
}
