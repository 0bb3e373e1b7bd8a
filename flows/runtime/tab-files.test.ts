import { expect, test } from 'vitest'
import { filesOf, nodesOf, tabsOf } from './tab-files.ts'

const tab = (id: string, label: string) => ({ id, type: 'tab', label })
const node = (id: string, z?: string) => ({ id, type: 'function', ...(z !== undefined && { z }) })

test('every tab is a file of its own, what belongs to none is shared', () => {
  const files = filesOf(
    [tab('t1', 'Night lights 夜灯'), tab('t2', '夜灯'), node('a', 't1'), node('b'), node('c', 't2')],
    new Map(),
  )
  expect([...files.keys()]).toEqual(['night-lights', 'flow-t2', 'shared'])
  expect(files.get('night-lights')?.map(({ id }) => id)).toEqual(['t1', 'a'])
  expect(files.get('shared')?.map(({ id }) => id)).toEqual(['b'])
})

test('a tab that is renamed keeps its file, and two of one name get two', () => {
  const known = new Map([['t1', 'tower-light']])
  const files = filesOf([tab('t1', 'renamed'), tab('t2', 'tower light'), tab('t3', 'shared')], known)
  expect([...files.keys()]).toEqual(['tower-light', 'tower-light-2', 'shared-2'])
})

test('read back, tabs stand in the order in which they were shown', () => {
  const files = new Map([
    ['a', [{ ...tab('t1', 'one'), position: 3 }, node('n1', 't1')]],
    ['b', [{ ...tab('t2', 'two'), position: 1 }]],
  ])
  expect(nodesOf(files).map(({ id }) => id)).toEqual(['t2', 't1', 'n1'])
  expect(tabsOf(files)).toEqual(
    new Map([
      ['t1', 'a'],
      ['t2', 'b'],
    ]),
  )
})
