import type { Row } from '../suite/row.ts'
import { toldByTermAlone } from './headline.ts'
import { rowOf } from './row.ts'
import { sidecars } from './table.ts'

const told = sidecars.filter(({ row, title }) => row === 'cloud-sql-proxy' && title === 'with --quitquitquit')

/** Every row of the suite of sidecars: what is in table.ts, and what comes of one of them without us. */
export const rows: readonly Row[] = [...told.map(toldByTermAlone), ...sidecars.map(rowOf)]
