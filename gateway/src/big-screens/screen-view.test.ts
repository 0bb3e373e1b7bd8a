import { expect, test } from 'vitest'
import type { RunView } from '../demos/run-view.ts'
import { runToShow } from './screen-view.ts'

const run = (id: string, state: RunView['state'], more: Partial<RunView> = {}) =>
  ({ id, state, screen: 'main', at: 1000, startedAt: 500, ...more }) as RunView

const shown = (...runs: RunView[]) => runToShow(runs, 'main', 1000)?.id

test('a replay is shown although it began, by its own account, long before the run whose result still stands', () => {
  expect(shown(run('R1002', 'done'), run('R1003', 'running', { startedAt: 1 }))).toBe('R1003')
  expect(shown(run('R1003', 'running', { startedAt: 1 }), run('R1002', 'done'))).toBe('R1003')
})

test('of two results the newer stands, also from R999 to R1000', () => {
  expect(shown(run('R999', 'done'), run('R1000', 'done', { startedAt: 1 }))).toBe('R1000')
})

test('what was refused, broke off or stands on another screen is not shown', () => {
  expect(shown(run('R1', 'refused'), run('R2', 'aborted'), run('R3', 'running', { screen: 'side' }))).toBeUndefined()
})

test('a result leaves the screen after a minute and a half', () => {
  expect(shown(run('R1', 'done', { at: 1000 - 89_000 }))).toBe('R1')
  expect(shown(run('R1', 'done', { at: 1000 - 90_000 }))).toBeUndefined()
})
