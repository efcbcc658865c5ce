import type { Change } from './changes.ts'
import type { Collection } from './collection.ts'
import { entry } from './entry.ts'
import type { Entry } from './entry.ts'
import { expiredWatch } from './failure.ts'
import type { KubeObject } from './objects.ts'
import type { ApiRequest } from './request.ts'
import { apiVersion } from './resources.ts'
import type { Selector } from './selector.ts'
import { selector } from './selector.ts'
import type { Store } from './store.ts'
import type { Timers } from './timers.ts'

/** Where a watch's lines go. */
export type WatchSink = {
  readonly send: (line: Buffer) => void
  readonly end: () => void
  readonly onClose: (action: () => void) => void
}

export type WatchOptions = {
  readonly timers: Timers
  readonly bookmarkMs: number
  /** Events after which the watch goes silent or is closed (declared faults). */
  readonly silentAfter: number
  readonly closedAfter: number
}

/** Streams a collection's changes to a client until one of them ends it. */
export function watch(
  store: Store,
  collection: Collection<KubeObject>,
  request: ApiRequest,
  given: WatchSink,
  options: WatchOptions,
): void {
  const sink = failingSink(given, options)
  const isSelected = scope(request, selector(request.query))
  const since = Number(request.query.get('resourceVersion') ?? 0)
  const missed = since === 0 ? [] : store.log.since(since)
  if (missed === undefined) return refuse(sink, since, store.log.oldest)
  if (since === 0) for (const stored of collection.entries()) if (isSelected(stored.object)) sink.send(line('ADDED', stored.whole()))
  const tell = (change: Change): void => {
    const event = change.resource === collection.resource ? watchEvent(change, isSelected) : undefined
    if (event !== undefined) sink.send(event)
  }
  missed.forEach(tell)
  given.onClose(store.onChange(tell))
  schedule(store, collection, request, sink, options)
}

function refuse(sink: WatchSink, since: number, oldest: number): void {
  sink.send(line('ERROR', Buffer.from(JSON.stringify(expiredWatch(since, oldest)))))
  sink.end()
}

function scope(request: ApiRequest, matches: Selector): Selector {
  return object => (request.namespace === '' || object.metadata.namespace === request.namespace) && matches(object)
}

// What leaves the selection is DELETED, and is shown as it was, with the version of the change that took it away.
function watchEvent(change: Change, isSelected: Selector): Buffer | undefined {
  const { before, after } = change
  const was = before !== undefined && isSelected(before.object) ? before : undefined
  const is = after !== undefined && isSelected(after.object) ? after : undefined
  if (is !== undefined) return line(was === undefined ? 'ADDED' : 'MODIFIED', is.whole())
  return was === undefined ? undefined : line('DELETED', leaving(change, was).whole())
}

function leaving(change: Change, was: Entry): Entry {
  const metadata = { ...was.object.metadata, resourceVersion: String(change.version) }
  return entry(change.resource, { ...was.object, metadata }, change.version)
}

function schedule(store: Store, collection: Collection<KubeObject>, request: ApiRequest, sink: WatchSink, options: WatchOptions): void {
  const { timers, bookmarkMs } = options
  const { kind } = collection.resource
  const bookmark = (): void => {
    const metadata = { resourceVersion: String(store.version), creationTimestamp: null }
    sink.send(
      line('BOOKMARK', Buffer.from(JSON.stringify({ kind, apiVersion: apiVersion(collection.resource), metadata, spec: {}, status: {} }))),
    )
    cancelBookmark = timers.after(bookmarkMs, bookmark)
  }
  let cancelBookmark = (): void => undefined
  if (request.query.get('allowWatchBookmarks') === 'true') cancelBookmark = timers.after(bookmarkMs, bookmark)
  const timeoutSeconds = Number(request.query.get('timeoutSeconds') ?? 0)
  const cancelEnd = timeoutSeconds > 0 ? timers.after(timeoutSeconds * 1000, () => sink.end()) : () => undefined
  sink.onClose(() => {
    cancelBookmark()
    cancelEnd()
  })
}

function failingSink(sink: WatchSink, options: WatchOptions): WatchSink {
  let sent = 0
  if (options.closedAfter === 0) sink.end()
  return {
    ...sink,
    send(text) {
      sent += 1
      if (sent <= Math.min(options.silentAfter, options.closedAfter)) sink.send(text)
      if (sent === options.closedAfter) sink.end()
    },
  }
}

function line(type: string, object: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`{"type":"${type}","object":`), object, Buffer.from('}\n')])
}
