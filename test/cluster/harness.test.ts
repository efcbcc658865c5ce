import t from 'tap'
import { eventsOf } from './harness/events.ts'
import { kubectl } from './harness/kubectl.ts'
import { actor, actorArguments, job, shell } from './harness/manifests.ts'
import { exitCodes, hasCondition, restarts, running } from './harness/objects.ts'
import { openWorld } from './harness/world.ts'

const world = await openWorld()

t.test('a Job whose containers all end is Complete, and the actors wrote down how they ended', async t => {
  await using scenario = await world.scenario('ends')
  await scenario.apply(job('ends', scenario.directory, [actor('main', { exit: 0 }), shell('shell', 'exit 0')]))
  t.ok(hasCondition(await scenario.finished('ends'), 'Complete'))
  t.same(eventsOf(scenario.directory, 'main'), ['start', 'exit 0'])
})

t.test('a sidecar outlives its main, hears a TERM and ends as it is told', async t => {
  await using scenario = await world.scenario('outlives')
  const { apply, directory, namespace, pod } = scenario
  const sidecar = shell('sidecar', `exec /actor ${actorArguments('sidecar', { on: { TERM: '143:0.5' } }).join(' ')}`)
  await apply(job('outlives', directory, [actor('main', { exit: 0 }), sidecar]))
  const { metadata } = await pod(
    'outlives',
    'the sidecar is left over',
    seen => exitCodes(seen)['main'] === 0 && running(seen).includes('sidecar'),
  )
  await kubectl(['exec', `--namespace=${namespace}`, metadata.name, '--container=sidecar', '--', 'kill', '-TERM', '1'])
  await pod('outlives', 'the sidecar has ended', seen => exitCodes(seen)['sidecar'] === 143)
  t.same(eventsOf(directory, 'sidecar'), ['start', 'signal TERM', 'exit 143'])
})

t.test('an actor fails as often as it is told, and then does well', async t => {
  await using scenario = await world.scenario('retries')
  const { apply, directory, pod } = scenario
  await apply(job('retries', directory, [actor('main', { failTimes: 1 })], { restartPolicy: 'OnFailure' }))
  const last = await pod('retries', 'the main has ended well', seen => exitCodes(seen)['main'] === 0)
  t.same([restarts(last), eventsOf(directory, 'main')], [{ main: 1 }, ['start', 'exit 1', 'start', 'exit 0']])
})
