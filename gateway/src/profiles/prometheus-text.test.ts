import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberIn } from './prometheus-bytes.ts'
import { compilePage, type Wanted } from './prometheus-text.ts'

const any = (metric: string): Wanted => ({ metric, labels: {}, says: 'labels' })

/** The samples of some metrics on a page: value and labels. */
function read(page: string, ...metrics: string[]) {
  const { samples } = compilePage(metrics.map(any))(Buffer.from(page))
  return samples.map((list) => list.map(({ value, says }) => [value, says]))
}

test('labels are read with their escapes, and one wrong line hides no other', () => {
  const page =
    'a{path="C:\\\\kiosk",text="say \\"hi\\"\\n",} 1 1700000000000\nb 2.5e-3\nc{x="1" 2\nc{x="1\n} 2\nc{x="1\\\nd{y="2" , x="}"} -3\r\ne{} 7 # {trace="1"} 1'
  expect(read(page, 'a', 'b', 'c', 'd', 'e')).toEqual([
    [[1, '{path="C:\\\\kiosk",text="say \\"hi\\"\\n",}']],
    [[0.0025, '']],
    [],
    [[-3, '{y="2" , x="}"}']],
    [[7, '{}']],
  ])
})

test('what is no finite number, or has something else behind it, is no sample', () => {
  for (const said of ['NaN', '+Inf', '-Inf', '1e999', '', '0x10', '1_0', '1e', '.', '-', '1,5', '1 x', '1#', '1 2 3'])
    expect(read(`m ${said}\nm{x="1"} 4`, 'm'), said).toEqual([[[4, '{x="1"}']]])
})

test('a sample is taken by every line that wants it, and only where its labels say one of the words', () => {
  const wanted: Wanted[] = [
    { metric: 'state', labels: { name: ['kiosk', '终端"1"'] }, only: 1, says: { label: 'state' } },
    { metric: 'state', labels: { missing: [''] } },
    { metric: 'stat', labels: {} },
  ]
  const page =
    'state{name="kiosk",state="running"} 1\nstate{name="kiosk",state="stopped"} 0\nstate{name="终端\\"1\\"",state="paused"} 1\nstate{name="other",missing="x",state="running"} 1\nstates 5'
  const { samples } = compilePage(wanted)(Buffer.from(page))
  expect(samples[0]!.map(({ says }) => says)).toEqual(['running', 'paused'])
  expect(samples[1]!.map(({ value }) => value)).toEqual([1, 0, 1])
  expect(samples[2]).toEqual([])
})

test('a page of figures nobody wants is still a page; HTML and nothing are none', () => {
  const page = compilePage([any('wanted')])
  expect(page(Buffer.from('# HELP a b\nother{x="1"} 5\n'))).toEqual({ samples: [[]], isPage: true })
  for (const text of ['', '\n\n', '<html><body>502</body></html>', 'other NaN'])
    expect(page(Buffer.from(text)).isPage).toBe(false)
})

test('a decimal is the number that reading its text gives, to the last bit', () => {
  const decimal = fc
    .tuple(
      fc.constantFrom('', '-', '+'),
      fc.stringMatching(/^\d{1,18}$/),
      fc.stringMatching(/^(\.\d{0,10})?$/),
      fc.stringMatching(/^([eE][+-]?\d{1,3})?$/),
    )
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(decimal, (text) => {
      const bytes = Buffer.from(`#${text}#`)
      expect(numberIn(bytes, 1, bytes.length - 1)).toBe(Number(text))
    }),
    { numRuns: 2000 },
  )
})

test('whatever stands on a page, reading it throws nothing and gives finite numbers only', () => {
  const unit = fc.constantFrom(...'m{}"\\=,#\n\r\t 019.eE+-_:电\0')
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), fc.string({ unit, maxLength: 10 }), (text, value) => {
      for (const [number] of read(`${text}\nm{l="${text}"} ${value}\n${text}`, 'm')[0]!)
        expect(number).toSatisfy(Number.isFinite)
    }),
    { numRuns: 1000 },
  )
})

test('a page is read the same whatever stood on the pages before it', () => {
  const sample = fc
    .tuple(
      fc.constantFrom('m', 'mm', 'n', 'm{a="1"}', 'm{a="1",b="2"}', 'm{a="}"}', ' m{a="1"}', 'n{a="\\" "}', 'm{a="1"'),
      fc.constantFrom(' ', '  ', '\t', ''),
      fc.constantFrom('1', '2.5', '1e3', 'NaN', 'x', '', '1 1700000000000', '1 # {a="1"} 1', '1}'),
    )
    .map((parts) => parts.join(''))
  const line = fc.oneof(sample, fc.constantFrom('# HELP m {a} words', '# TYPE m gauge', '', 'm{', 'm'))
  const page = fc.array(line, { maxLength: 8 })
  // Nearly always some lines of the last page have another number, and seldom there are others.
  const pages = fc
    .array(fc.tuple(page, fc.boolean()), { minLength: 2, maxLength: 4 })
    .map((all) =>
      all.flatMap(([lines, ends]) =>
        [lines, lines.map((one) => one.replace(/\d$/, '7'))].map((each) => ({ each, ends })),
      ),
    )
    .map((all) => all.map(({ each, ends }) => Buffer.from(each.join('\n') + (ends ? '\n' : ''))))
  const wanted: Wanted[] = [any('m'), { metric: 'm', labels: { a: ['1'] }, only: 1, says: { label: 'b' } }, any('n')]
  fc.assert(
    fc.property(pages, (all) => {
      const reader = compilePage(wanted)
      for (const one of all) expect(reader(one), one.toString()).toEqual(compilePage(wanted)(one))
    }),
    { numRuns: 2000 },
  )
})

test('the page of a device that shows other samples each time is read anew each time', () => {
  const page = (first: number) => Array.from({ length: 1200 }, (_, i) => `m{a="${first + i}"} ${i}\n`).join('')
  const reader = compilePage([any('m')])
  for (const first of [0, 0, 1, 700, 0]) {
    const { samples } = reader(Buffer.from(page(first)))
    expect(samples[0]!.map(({ value }) => value)).toEqual(Array.from({ length: 1200 }, (_, i) => i))
    expect(samples[0]![1199]!.says).toBe(`{a="${first + 1199}"}`)
  }
})

test.each([
  ['blanks behind a brace', `m{${' '.repeat(1_000_000)}`],
  ['blanks between labels', `m{a="1"${' ,'.repeat(500_000)}} 1`],
  ['blanks behind a value', `m 1${' '.repeat(1_000_000)}x`],
  ['one label value', `m{a="${'x'.repeat(1_000_000)}"} 1`],
  ['one label of escapes', `m{a="${'\\"'.repeat(500_000)}"} 1`],
  ['a million labels', `m{${'a="",'.repeat(170_000)}} 1`],
  ['a name', 'm'.repeat(1_000_000)],
  ['digits', `m ${'9'.repeat(1_000_000)}`],
  ['braces without an end', 'm{\n'.repeat(300_000)],
])('a megabyte made to be slow is over soon: %s', (_, page) => {
  const reader = compilePage([{ metric: 'm', labels: { b: ['1'] }, says: 'labels' }])
  const begin = performance.now()
  // The second time it knows the lines of the first.
  for (let i = 0; i < 2; i++) reader(Buffer.from(`${page}\n`))
  // Some ten milliseconds alone; whatever looks at bytes twice over takes minutes.
  expect(performance.now() - begin).toBeLessThan(3000)
})
