import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { actorEvents, type ActorEvent } from './events.ts'

/** Directories on the node, one a scenario, in which its actors write down what happened to them. */
export type Shelf = Readonly<{
  /** Makes one that every user may write to; gives back its path on the node. */
  make(name: string): Promise<string>
  remove(directory: string): Promise<void>
  /** What is written there so far; may hold what other scenarios' pods wrote. */
  events(directory: string): readonly ActorEvent[]
}>

/** A shelf on a node that shares this machine's files. */
export function localShelf(home: string): Shelf {
  return {
    async make(name) {
      const directory = join(home, name)
      mkdirSync(directory)
      chmodSync(directory, 0o777) // whatever the umask is
      return directory
    },
    async remove(directory) {
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
    },
    events: actorEvents,
  }
}
