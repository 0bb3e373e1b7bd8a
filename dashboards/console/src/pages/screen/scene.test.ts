import { expect, test } from 'vitest'
import { PANELS, QUESTION, runOf, viewOf } from '../../../test/screen-views.ts'
import { KEPT_MS, sceneOf, shownFigures } from './scene.ts'
import type { ShownRun } from './screen-view.ts'

const LIVE = { is: 'live' } as const
const scene = (run: ShownRun | null) => sceneOf(LIVE, viewOf(run), 0).scene

test('nobody runs anything: the loop', () => {
  expect(scene(null)).toBe('attract')
})

test('a run that was refused, or only offers something else, is no matter of the public', () => {
  for (const state of ['checking', 'offer', 'refused'] as const) expect(scene(runOf(null, { state }))).toBe('attract')
})

test('a question has the whole screen while guesses are taken, and a bar afterwards', () => {
  expect(scene(runOf(PANELS.race, { ask: QUESTION }))).toBe('question')
  expect(scene(runOf(PANELS.race, { ask: { ...QUESTION, open: false } }))).toBe('run')
})

test('a run that breaks off gives way to the loop at once; the public is not told why', () => {
  for (const state of ['stopping', 'aborted'] as const) expect(scene(runOf(PANELS.race, { state }))).toBe('attract')
})

test('a run that came to its end shows its result', () => {
  expect(scene(runOf(PANELS.race, { state: 'done' }))).toBe('result')
})

test('a black screen stays black, also when the link is lost', () => {
  const black = viewOf(runOf(PANELS.race), { dark: true })
  expect(sceneOf(LIVE, black, 0).scene).toBe('dark')
  expect(sceneOf({ is: 'lost', since: 0 }, black, 60_000)).toMatchObject({ scene: 'dark', connecting: false })
})

test('a lost link keeps the last picture grey for ten seconds, then shows what is true anyway', () => {
  const view = viewOf(runOf(PANELS.race))
  const lost = { is: 'lost', since: 1_000 } as const
  expect(sceneOf(lost, view, 1_000)).toEqual({ scene: 'run', greyed: true, connecting: true })
  expect(sceneOf(lost, view, 1_000 + KEPT_MS - 1)).toMatchObject({ scene: 'run', greyed: true })
  expect(sceneOf(lost, view, 1_000 + KEPT_MS)).toEqual({ scene: 'facts', greyed: false, connecting: true })
  expect(sceneOf(LIVE, view, 1_000 + KEPT_MS)).toEqual({ scene: 'run', greyed: false, connecting: false })
})

test('a page that never reached the gateway has facts to show, and no error', () => {
  expect(sceneOf({ is: 'lost', since: 0 }, undefined, 0).scene).toBe('facts')
  expect(sceneOf({ is: 'connecting' }, undefined, 0).scene).toBe('starting')
})

test('the three figures are those of the result; one that is not known yet is not there yet, and at the end says so', () => {
  const [saving, less, cost] = runOf(null).figures
  const run = runOf(PANELS.race, {
    figures: [cost!, { ...less!, value: null }, saving!],
    shown: ['saving', 'less', 'cost'],
  })
  expect(shownFigures(run).map(({ id }) => id)).toEqual(['saving', 'cost'])
  expect(shownFigures({ ...run, state: 'done' }).map(({ id }) => id)).toEqual(['saving', 'less', 'cost'])
})
