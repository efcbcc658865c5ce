/** Who says which container of a pod is a sidecar. */
export type Listing = 'annotation' | 'catalogue' | 'settings' | 'nobody'

/** What the pods of a bench differ by. */
export interface Kind {
  readonly listing: Listing
  /** Whether the main has ended, with 0, while the other container runs on. */
  readonly isFinished: boolean
}

/** What the settings must list for the listing `settings`. */
export const LISTED_BY_SETTINGS = 'log-shipper'

/** The second container of pods in which nobody calls one a sidecar. */
export const UNLISTED = 'helper'

const LISTINGS: readonly Listing[] = [
  'annotation', 'catalogue', 'nobody', 'annotation', 'catalogue', 'settings', 'annotation', 'nobody', 'catalogue', 'annotation',
] // prettier-ignore

/** The proportion, in words. */
export const LISTINGS_IN_WORDS = '40 % listed by annotation, 30 % Istio by the catalogue, 10 % by the settings, 20 % by nobody'

/** Of 20 pods in a row the main of one has finished. */
export function everyday(index: number): Kind {
  return { listing: listing(index), isFinished: index % 20 === (Math.trunc(index / 20) % 10) + 3 }
}

/** Every main has finished. */
export function finished(index: number): Kind {
  return { listing: listing(index), isFinished: true }
}

/** As everyday, but nobody calls a container of the finished pods a sidecar: there is nothing to end. */
export function nothingToEnd(index: number): Kind {
  const { listing, isFinished } = everyday(index)
  return { listing: isFinished ? 'nobody' : listing, isFinished }
}

function listing(index: number): Listing {
  return LISTINGS[index % LISTINGS.length] ?? 'nobody'
}
