/** What a shell can offer on a command line. */
export interface CommandLine {
  readonly name: string
  /** Words of the line itself: `sidecar-reaper --help`. */
  readonly flags: readonly Flag[]
  readonly commands: readonly SubCommand[]
}

export interface SubCommand {
  readonly name: string
  readonly summary: string
  readonly flags: readonly Flag[]
  /** What the first argument may be, when that is known. */
  readonly values: readonly string[]
  /** Its arguments are files and folders. */
  readonly takesPaths: boolean
}

export interface Flag {
  /** `-n`, `--namespace`. */
  readonly spellings: readonly string[]
  readonly description: string
  readonly value: 'none' | 'file' | 'other' | { readonly choices: readonly string[] }
}
