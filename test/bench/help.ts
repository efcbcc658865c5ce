import { defaultVersion, versions } from '../cluster/setup/paths.ts'
import { PARTS } from './parts.ts'

const parts = Object.entries(PARTS)
  .map(([name, { about, needsCluster }]) => `  ${name.padEnd(10)}  ${about}${needsCluster ? ' (cluster)' : ''}`)
  .join('\n')

/** What --help prints. */
export const help = `Measures sidecar-reaper beside something everyone knows, and prints one table.

Usage:
  npm run bench -- [PART…] [OPTIONS]

Parts, all by default:
${parts}

Those marked (cluster) run on the project's own test cluster, which is brought up where it is not, and stays.

Options:
  -o, --output text|json  A table for people, or JSON
  --kubernetes VERSION    One of ${versions.join(', ')} (default ${defaultVersion})
  -h, --help              Show this help

The rows say what was measured, beside a reference that was measured in the same run, and the ratio of the two. A ratio
travels between machines, a number does not.

Exit codes: 0 measured, met or short; 1 a part could not be measured; 64 usage.
`
