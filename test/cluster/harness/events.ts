import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One line of the actors' log: "start", "signal TERM", "exit 143". `name` is the actor's, `pod` is the uid of its pod. */
export type ActorEvent = Readonly<{ at: Date; pod: string; name: string; event: string }>

/** What the actors of a scenario wrote down so far, in the order of writing. */
export function actorEvents(directory: string): ActorEvent[] {
  return parseActorEvents(contentOf(join(directory, 'events')))
}

/** The lines of a log that actors wrote. */
export function parseActorEvents(log: string): ActorEvent[] {
  return log
    .split('\n')
    .filter(Boolean)
    .map(line => {
      const [time, pod = '', name = '', ...event] = line.split(' ')
      return { at: new Date(Number(time)), pod, name, event: event.join(' ') }
    })
}

/** The events of one actor. */
export function eventsOf(directory: string, name: string): string[] {
  return actorEvents(directory)
    .filter(line => line.name === name)
    .map(({ event }) => event)
}

/** Before the first actor speaks there is no file. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
