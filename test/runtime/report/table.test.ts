import t from 'tap'
import { painter } from '../../../runtime/report/style.ts'
import { table } from '../../../runtime/report/table.ts'

function written(rows: readonly (readonly string[])[], page?: number): readonly string[] {
  const texts: string[] = []
  const { row, flush } = table(['POD', 'RESULT'], { write: text => texts.push(text), paint: painter(false), ...(page ? { page } : {}) })
  for (const cells of rows) row(cells)
  flush()
  flush()
  return texts
}

t.test('table() aligns its columns and leaves no blank at the end of a line', async t => {
  t.strictSame(
    written([
      ['a', 'ended'],
      ['long-name', ''],
    ]),
    ['POD         RESULT\na           ended\nlong-name\n'],
  )
})

t.test('table() without rows prints nothing', async t => {
  t.strictSame(written([]), [])
})

t.test('table() prints each row at once after its first page, by the widths of that page', async t => {
  t.strictSame(
    written(
      [
        ['aaaa', 'x'],
        ['b', 'x'],
        ['much-longer', 'x'],
        ['c', 'x'],
      ],
      2,
    ),
    ['POD    RESULT\naaaa   x\nb      x\n', 'much-longer   x\n', 'c      x\n'],
  )
})

t.test('table() aligns by what is seen, colour not counted', async t => {
  const texts: string[] = []
  const { row, flush } = table(['A', 'B'], { write: text => texts.push(text), paint: painter(true) })
  row([{ text: 'bad', meaning: 'bad' }, 'x'])
  row(['longer', 'y'])
  flush()
  t.strictSame(texts, ['A        B\n\x1b[31mbad\x1b[39m      x\nlonger   y\n'])
})
