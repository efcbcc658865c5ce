import t from 'tap'
import { fill } from '../../generator/reaper/template.ts'

function filled(text: string, view: object = {}) {
  return fill({ 'x.hbs': text }, 'x.hbs', view)
}

t.test('fill() writes values as YAML needs them', async t => {
  t.equal(filled('a: {{yaml a}}\nb: {{yaml b}}\nc: {{yaml c}}\n', { a: 'true', b: ['x', '*'], c: 1 }), "a: 'true'\nb: [x, '*']\nc: 1\n")
  t.equal(filled('a: |\n{{indent 2 text}}\n', { text: 'one\n\ntwo\n' }), 'a: |\n  one\n\n  two\n')
})

t.test('fill() names template and line of whatever is missing', async t => {
  const view = { here: ['x'] }
  const message = (text: string) => {
    try {
      return filled(text, view)
    } catch (error) {
      return error instanceof SyntaxError ? error.message : error
    }
  }
  t.equal(message('a: 1\nb: {{nme}}'), 'Cannot fill the template x.hbs: line 2: "nme" is not defined')
  t.equal(message('a:\n{{#each lables}}\n- x\n{{/each}}'), 'Cannot fill the template x.hbs: line 2: {{#each lables}} is not defined')
  t.equal(message('{{#if nme}}x{{/if}}'), 'Cannot fill the template x.hbs: line 1: {{#if nme}}x{{/if}} is not defined')
  t.match(message('a: {{#each here}}\nb'), /^Cannot fill the template x.hbs: Parse error on line 2/)
  t.throws(() => fill({}, 'y.hbs', {}), { message: 'There is no template y.hbs' })
})
