import { decodeSettings } from './decode.ts'

/** Every setting at its default. The build puts what this gives into the bundle, which reads a schema only with a file. */
export const DEFAULTS = decodeSettings({}, 'defaults')
