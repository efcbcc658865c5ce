import type { Findings } from './measure.ts'

/** A part of the bench: where it runs, what it measures, and how to. */
export interface Part {
  readonly needsCluster: boolean
  readonly about: string
  measure(): Promise<Findings>
}

/** In the order of the table; each is loaded only in the process that measures it. */
export const PARTS = {
  verdicts: {
    needsCluster: false,
    about: 'verdicts a second on one core, and pods from the text of a list to verdicts',
    measure: async () => (await import('./part/verdicts.ts')).verdicts(),
  },
  'sweep-10k': {
    needsCluster: true,
    about: 'a whole sweep of 10,000 pods, beside reading them',
    measure: async () => (await import('./part/sweep-10k.ts')).sweep10k(),
  },
  memory: {
    needsCluster: false,
    about: 'peak memory of a sweep of 10,000 and of 50,000 pods',
    measure: async () => (await import('./part/memory.ts')).memory(),
  },
  'start-up': {
    needsCluster: false,
    about: 'a sweep of an empty namespace, beside a bare Node',
    measure: async () => (await import('./part/start-up.ts')).startUp(),
  },
  review: {
    needsCluster: false,
    about: 'reviews of files and streams, beside conftest, gator and kyverno, which Go builds first',
    measure: async () => (await import('./part/review.ts')).review(),
  },
  leftovers: {
    needsCluster: false,
    about: '1,000 leftovers ended in one sweep, beside one grace',
    measure: async () => (await import('./part/leftovers.ts')).leftovers(),
  },
  latency: {
    needsCluster: true,
    about: "from a main's exit to the end of its Job, beside a native sidecar",
    measure: async () => (await import('./part/latency.ts')).latency(),
  },
} as const satisfies Readonly<Record<string, Part>>

export type PartName = keyof typeof PARTS
