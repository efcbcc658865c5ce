import fc from 'fast-check'
import t from 'tap'
import { planEndings, planSteps, type Subject } from '../../runtime/plan.ts'
import type { ContainerVerdict, Verdict } from '../../runtime/verdict.ts'
import { containerOf, subjectOf, verdictOf } from './subject.ts'

const a = containerOf({ name: 'a' })
const b = containerOf({ name: 'b', ways: [] })
const c = containerOf({ name: 'c', left_over: false })
const tell = { kind: 'tell', containers: [a] }
const complete = { kind: 'complete', phase: 'Succeeded' }

const rows: readonly [string, Partial<Verdict>, readonly object[]][] = [
  ['complete first', { complete: 'first' }, [complete, tell]],
  ['complete last', { complete: 'last' }, [tell, complete]],
  ['no complete', { complete: 'no' }, [tell]],
  ['nobody to tell', { complete: 'first', containers: [b, c] }, [complete]],
  ['nobody to tell and no complete', { complete: 'no', containers: [b, c] }, []],
  ['failed mains', { complete: 'last', earned: 'Failed' }, [tell, { ...complete, phase: 'Failed' }]],
  ['mains that have earned nothing', { earned: null }, []],
  ['wait', { decision: 'wait' }, []],
  ['leave', { decision: 'leave' }, []],
  ['refuse', { decision: 'refuse' }, []],
]

for (const [title, verdict, steps] of rows) {
  t.test(`planSteps(): ${title}`, async t => {
    t.strictSame(planSteps(verdictOf({ containers: [a, b, c], ...verdict })), steps)
  })
}

t.test('planEndings() keeps the order, and puts what was tried before last', async t => {
  const [one, two, three] = [subjectOf({ uid: '1', wasTried: true }), subjectOf({ uid: '2' }), subjectOf({ uid: '3' })]
  t.strictSame(planEndings([one, two, three], { maxEndings: 2, isDryRun: false }), { endings: [two, three], later: [one], reports: [] })
  t.strictSame(planEndings([one, two, three], { maxEndings: 2, isDryRun: true }), { endings: [], later: [one], reports: [two, three] })
  const spoken = subjectOf({ uid: '4' }, { report: true })
  t.strictSame(planEndings([spoken, one], { maxEndings: 1, isDryRun: false }), { endings: [one], later: [], reports: [spoken] })
})

const someContainer: fc.Arbitrary<ContainerVerdict> = fc
  .record({
    name: fc.string({ minLength: 1, maxLength: 4 }),
    role: fc.constantFrom('main', 'sidecar', 'native', 'init'),
    state: fc.constantFrom('running', 'waiting', 'restarting', 'terminated', 'unknown'),
    left_over: fc.boolean(),
    hasWay: fc.boolean(),
  })
  .map(({ hasWay, ...container }) => containerOf({ ...container, ...(hasWay ? {} : { ways: [] }) }))

const someVerdict: fc.Arbitrary<Verdict> = fc
  .record({
    decision: fc.constantFrom('end', 'wait', 'leave', 'refuse'),
    earned: fc.constantFrom('Succeeded', 'Failed', null),
    complete: fc.constantFrom('first', 'last', 'no'),
    report: fc.boolean(),
    containers: fc.uniqueArray(someContainer, { maxLength: 5, selector: ({ name }) => name }),
  })
  .map(verdictOf)

const someSubjects: fc.Arbitrary<readonly Subject[]> = fc
  .array(fc.record({ wasTried: fc.boolean(), verdict: someVerdict }), { maxLength: 20 })
  .map(all => all.map((given, index) => subjectOf({ uid: String(index), ...given })))
const someLimits = fc.record({ maxEndings: fc.integer({ min: 1, max: 10 }), isDryRun: fc.boolean() })

t.test('planSteps() has no step for a verdict that is not to end, nor for a container that is not left over', async () => {
  fc.assert(
    fc.property(someVerdict, verdict => {
      const steps = planSteps(verdict)
      const told = steps.flatMap(step => (step.kind === 'tell' ? step.containers : []))
      const completed = steps.filter(step => step.kind === 'complete')
      return (
        (verdict.decision === 'end' || steps.length === 0) &&
        told.every(({ left_over, ways }) => left_over && ways.length > 0) &&
        completed.every(({ phase }) => phase === verdict.earned && verdict.complete !== 'no') &&
        steps.length <= 2
      )
    }),
  )
})

t.test('planSteps() takes the same steps whatever the order of the containers', async () => {
  fc.assert(
    fc.property(someVerdict, verdict => {
      const inShort = (one: Verdict) =>
        planSteps(one).map(step =>
          step.kind === 'tell' ? ['tell', ...step.containers.map(({ name }) => name).toSorted()] : [step.kind, step.phase],
        )
      const turned = { ...verdict, containers: verdict.containers.toReversed() }
      return JSON.stringify(inShort(verdict)) === JSON.stringify(inShort(turned))
    }),
  )
})

t.test('planEndings() never ends more than maxEndings, none in a dry run, none twice, and forgets none', async () => {
  fc.assert(
    fc.property(someSubjects, someLimits, (subjects, limits) => {
      const { endings, later, reports } = planEndings(subjects, limits)
      const all = [...endings, ...later, ...reports].map(({ uid }) => uid)
      const ends = subjects.filter(({ verdict }) => verdict.decision === 'end').map(({ uid }) => uid)
      return (
        endings.length <= limits.maxEndings &&
        (!limits.isDryRun || endings.length === 0) &&
        endings.every(({ verdict }) => !verdict.report) &&
        (later.length === 0 || endings.length + reports.filter(({ verdict }) => !verdict.report).length === limits.maxEndings) &&
        JSON.stringify(all.toSorted()) === JSON.stringify(ends.toSorted())
      )
    }),
  )
})

t.test('planEndings() planned again changes nothing', async () => {
  fc.assert(
    fc.property(someSubjects, someLimits, (subjects, limits) => {
      const plan = planEndings(subjects, limits)
      const { endings, later, reports } = plan
      const again = planEndings([...(limits.isDryRun ? [] : reports), ...endings, ...(limits.isDryRun ? reports : []), ...later], limits)
      return JSON.stringify(again) === JSON.stringify(plan)
    }),
  )
})

t.test('planEndings() never keeps an untried pod waiting for one that was tried', async () => {
  fc.assert(
    fc.property(someSubjects, fc.integer({ min: 1, max: 10 }), (subjects, maxEndings) => {
      const { endings, later } = planEndings(subjects, { maxEndings, isDryRun: false })
      return later.every(({ wasTried }) => wasTried) || endings.every(({ wasTried }) => !wasTried)
    }),
  )
})
