const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Seconds as people say an age, two units at most. @example ageText(3725) // '1h2m' */
export function ageText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  if (whole < 2 * MINUTE) return `${whole}s`
  if (whole < HOUR) return twoUnits(whole, MINUTE, 'm', 1, 's')
  if (whole < DAY) return twoUnits(whole, HOUR, 'h', MINUTE, 'm')
  return twoUnits(whole, DAY, 'd', HOUR, 'h')
}

function twoUnits(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % large) / small)
  return `${Math.floor(seconds / large)}${largeName}${rest > 0 ? `${rest}${smallName}` : ''}`
}
