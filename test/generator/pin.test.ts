import t from 'tap'
import { reaperManifests } from '../../generator/reaper/reaper.ts'
import { pin } from '../../generator/reaper/pin.ts'
import { options, sources } from './sources.ts'

function pinned(given: object) {
  return pin(options({ settings: given }), sources.catalogue)
}

t.test('pin() follows the ways in use', async t => {
  t.match(pinned({}), { mayEnd: true, subresources: [], commands: [] })
  t.match(pinned({ ways: ['http'] }), { mayEnd: false, subresources: ['portforward'], commands: [] })
  t.match(pinned({ ways: ['exec'] }), { subresources: ['exec'], commands: /pilot-agent/ })
  const signals = pinned({ ways: ['signal'] }).commands
  t.match(signals.join('\n'), /'kill'/)
  t.notMatch(signals.join('\n'), /pilot-agent|KILL|STOP/)
})

t.test('pin() lets every command through where annotations may name them', async t => {
  t.strictSame(pinned({ ways: ['exec', 'signal'], annotationCommands: 'allow' }).commands, [])
})

t.test('pin() knows the rows of the settings too', async t => {
  const acme = {
    title: 'Acme',
    names: ['acme'],
    images: ['acme/proxy.x'],
    ways: [{ way: 'exec', argv: ['/acme', 'quit', '{port}'], port: { default: 1 } }],
  }
  const { catalogue, commands } = pin(options({ settings: { ways: ['exec'] } }), {
    ...sources.catalogue,
    ...options({ settings: { catalogue: { acme } } }).settings.catalogue,
  })
  t.ok(catalogue.some(({ images }) => images.includes('^[^@]*/acme/proxy[.]x(:[^/@]*)?(@.*)?$')))
  t.match(commands.join('\n'), 'variables.command[2].matches("^[0-9]{1,5}$")')
})

t.test('the pin is there unless it is not wanted', async t => {
  const files = (given: object) => reaperManifests(options(given), sources).map(({ file }) => file).filter(file => file.startsWith('pin')) // prettier-ignore
  t.strictSame(files({}), ['pin-status.yaml', 'pin-status-binding.yaml', 'pin-connect.yaml', 'pin-connect-binding.yaml'])
  t.strictSame(files({ pin: false }), [])
})
