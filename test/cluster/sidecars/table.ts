import { databases } from './table/databases.ts'
import { identities } from './table/identities.ts'
import { meshes } from './table/meshes.ts'
import { others } from './table/others.ts'
import type { Sidecar } from './sidecar.ts'

/** Every known sidecar that is run, in each manifest that makes a difference to how it ends. */
export const sidecars: readonly Sidecar[] = [...meshes, ...databases, ...identities, ...others]
