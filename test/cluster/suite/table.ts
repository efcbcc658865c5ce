import type { Row } from './row.ts'
import { annotations } from './rows/annotations.ts'
import { ends } from './rows/ends.ts'
import { mains } from './rows/mains.ts'
import { processes } from './rows/processes.ts'
import { restarts } from './rows/restarts.ts'
import { sweeps } from './rows/sweeps.ts'

/** Every row of the suite. A new one goes into the file of its topic; `--only TITLE` runs it alone. */
export const rows: readonly Row[] = [...ends, ...mains, ...annotations, ...processes, ...restarts, ...sweeps]
