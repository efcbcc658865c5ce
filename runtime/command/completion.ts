import { completion } from '../completion.ts'
import type { CompletionConfig } from '../config.ts'
import { EXIT } from '../exit.ts'
import type { Terminal } from '../terminal.ts'

/** Prints the completion script of a shell. */
export function completionCommand({ shell }: CompletionConfig, { out }: Terminal): number {
  out(completion(shell))
  return EXIT.fine
}
