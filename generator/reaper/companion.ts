import type { CatalogueRows } from '../../runtime/catalogue.ts'
import { type Recognition, recognitions } from './recognition.ts'

/** What the companions' templates read. */
export interface Companion {
  /** Annotations that already say who the sidecars are. */
  readonly annotations: readonly string[]
  readonly catalogue: readonly Recognition[]
}

/** The policies of other tools that know what the catalogue knows. */
export function companion(rows: CatalogueRows): Companion {
  return {
    annotations: [
      'sidecar-reaper/sidecars',
      'sidecar-reaper/mains',
      'nrmitchi.com/sidecars',
      'lemonade.com/sidecars',
      'riskified.com/sidecars',
      'riskified.com/main_sidecars',
    ],
    // What ends by itself hangs nothing.
    catalogue: recognitions(
      Object.fromEntries(Object.entries(rows).filter(([, { endsItself }]) => !endsItself || endsItself.when.length > 0)),
    ),
  }
}

/** The templates of each companion. */
export const COMPANION_TEMPLATES = {
  admission: ['admission', 'admission-binding'],
  gatekeeper: ['gatekeeper-template', 'gatekeeper-constraint'],
  kyverno: ['kyverno'],
} as const
