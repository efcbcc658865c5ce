// Imported before the program that is measured; says at its end, on file descriptor 3, what it used. Not TypeScript, so
// that the measured process does not load Node's type stripping.
import { channel } from 'node:diagnostics_channel'
import { writeSync } from 'node:fs'

// Calls in flight, as the client sees them. A watch waits and is no call; an exec lasts as long as its socket.
const flying = new Set()
let mostCalls = 0

channel('http.client.request.start').subscribe(({ request }) => {
  if (/[?&]watch=/.test(request.path)) return
  for (const socket of flying) if (socket.destroyed) flying.delete(socket)
  flying.add(request)
  mostCalls = Math.max(mostCalls, flying.size)
  request.once('upgrade', (_response, socket) => flying.add(socket))
  request.once('close', () => flying.delete(request))
})

process.on('exit', () => {
  writeSync(3, JSON.stringify({ maxRSS: process.resourceUsage().maxRSS, mostCalls }))
})
