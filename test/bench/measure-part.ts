/** The process of one part: prints its findings as one line of JSON. */
import { PARTS, type PartName } from './parts.ts'

const name = process.argv[2] as PartName // bench.ts starts this with one of the names
try {
  const findings = await PARTS[name].measure()
  process.stdout.write(`${JSON.stringify(findings)}\n`)
} catch (error) {
  for (const message of messages(error)) process.stderr.write(`${name}: ${message}\n`)
  process.exitCode = 1
}

/** What went wrong first, then what went wrong while that was cleared up, of which Node itself prints neither. */
function messages(error: unknown): readonly string[] {
  if (error instanceof SuppressedError) return [...messages(error.suppressed), ...messages(error.error)]
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)]
}
