import { expect, test } from 'vitest'
import { type Column, compileTables, type SnmpAnswers, type SnmpRaw } from './snmp-answers.ts'

const COLUMNS: Column[] = [
  { oid: '1.3.1', table: 0, place: 0, maxRows: 10 },
  { oid: '1.3.2', table: 0, place: 1, maxRows: 10 },
  // The second table looks at the same column; of the third no index was found, the fourth is beside.
  { oid: '1.3.2', table: 1, place: 0, maxRows: 10 },
  { oid: '1.3.25', table: 3, place: 0, maxRows: 10 },
]

const round = (objects: Record<string, SnmpRaw>, ...unanswered: string[]): SnmpAnswers => ({
  objects: new Map(Object.entries(objects)),
  unanswered: new Set(unanswered),
})

test('rows come and go, change places and names, and each round shows what the agent gave in it', () => {
  const read = compileTables(COLUMNS)
  const rows = (answers: SnmpAnswers) => structuredClone(read(answers)).map((table) => table?.rows)
  const disk = { '1.3.1.7': Buffer.from('C:\0'), '1.3.2.7': 40 }
  expect(rows(round(disk))).toEqual([[['C:', 40]], [[40]], undefined, []])
  expect(rows(round({ ...disk, '1.3.2.7': 41 }))).toEqual([[['C:', 41]], [[41]], undefined, []])
  expect(rows(round({ '1.3.1.5': 'A:', ...disk, '1.3.2.5': 1 }))).toEqual([
    [
      ['A:', 1],
      ['C:', 40],
    ],
    [[40], [1]],
    undefined,
    [],
  ])
  expect(rows(round({ '1.3.2.7': 40, '1.3.25.1': 3 }))).toEqual([[[undefined, 40]], [[40]], undefined, [[3]]])
  expect(rows(round({ '1.3.1.7': Buffer.from('D:'), '1.3.2.7': 40 }))).toEqual([[['D:', 40]], [[40]], undefined, []])
  expect(rows(round({}))).toEqual([[], [], undefined, []])
})

test('a column that was not answered is so for that round only', () => {
  const read = compileTables(COLUMNS)
  const unanswered = (answers: SnmpAnswers) => structuredClone(read(answers)).map((table) => table?.unanswered)
  expect(unanswered(round({}, '1.3.2'))).toEqual([[false, true], [true], undefined, [false]])
  expect(unanswered(round({}))).toEqual([[false, false], [false], undefined, [false]])
})
