import { styleText } from 'node:util'

/** The few meanings that colour carries. */
export type Meaning = 'good' | 'bad' | 'notable' | 'quiet' | 'heading' | 'plain'

const FORMATS = { good: 'green', bad: 'red', notable: 'yellow', quiet: 'dim', heading: 'bold' } as const

/** Gives text its colour, or leaves it as it is. */
export type Paint = (meaning: Meaning, text: string) => string

export function painter(hasColor: boolean): Paint {
  if (!hasColor) return (_, text) => text
  // Whether the stream has colour is decided already, by the configuration.
  return (meaning, text) => (meaning === 'plain' ? text : styleText(FORMATS[meaning], text, { validateStream: false }))
}
