import { isDeepStrictEqual } from 'node:util'
import { dump } from 'js-yaml'
import { defaultSettings, type Settings } from '../../runtime/settings.ts'

/** Settings as a file that reads as the same: mode, ways, and whatever is not at its default. */
export function settingsText(settings: Settings): string {
  const { settle, callTimeout, podDeadline, maxMispredicted, ...others } = changed(settings)
  return dump(
    {
      ...others,
      ...durations({ settle, callTimeout, podDeadline }),
      ...(maxMispredicted === undefined ? {} : { maxMispredicted: `${Math.round(maxMispredicted * 100)}%` }),
    },
    { lineWidth: -1 },
  )
}

function changed(settings: Settings): Partial<Settings> {
  const defaults = defaultSettings()
  const entries = Object.entries(settings).filter(
    ([key, value]) => key === 'mode' || key === 'ways' || !isDeepStrictEqual(value, defaults[key as keyof Settings]), // a key of Settings
  )
  return Object.fromEntries(entries)
}

function durations(seconds: Readonly<Record<string, number | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(seconds).flatMap(([key, value]) => (value === undefined ? [] : [[key, durationText(value)]])))
}

function durationText(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`
}
