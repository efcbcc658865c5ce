/** The process of one part: prints its findings as one line of JSON. */
import { PARTS, type PartName } from './parts.ts'

const name = process.argv[2] as PartName // bench.ts starts this with one of the names
const findings = await PARTS[name].measure()
process.stdout.write(`${JSON.stringify(findings)}\n`)
