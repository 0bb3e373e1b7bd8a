import fc from 'fast-check'
import { expect, test } from 'vitest'
import { advance } from './advance.ts'
import { circuitLocks } from './circuit-locks.ts'
import { T0, testHall } from './demos-fixture.ts'
import { anyEvent } from './events-fixture.ts'
import { isOver, type Run, type RunEvent } from './run.ts'
import { NEXT } from './run-states.ts'
import { shiftRun } from './shift-run.ts'

/** Heartbeat lost, pause, then whatever a countdown still holds: nobody waits for longer. */
const LONGEST_S = 10 + 60 + 60 + 1

test('every state that is not an end has a way out that needs no device and no guide', () => {
  const ends = ['done', 'aborted', 'refused']
  for (const [state, ways] of Object.entries(NEXT))
    if (!ends.includes(state)) expect([state, 'interlock' in ways || 'off' in ways]).toEqual([state, true])
})

test('whatever happened before: without guide and without an answer of any device a run that began is over in time', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
      const { run: first, situation, ages } = testHall()
      let run: Run = first
      let now = T0
      const take = (event: RunEvent) => {
        run = advance(run, event, situation, now).run
      }
      for (const event of [{ is: 'act', act: 'start' } as const, ...events]) {
        if (event.is === 'pass') now += event.ms
        else take(event)
      }
      for (const slot of ['hob', 'other', 'lamp']) ages.set(slot, 60_000)
      for (let second = 0; second < LONGEST_S && !isOver(run); second++) {
        now += 1000
        take({ is: 'tick' })
      }
      expect(isOver(run), `${run.state} at step ${run.step}`).toBe(true)
      expect(circuitLocks([run]).size).toBe(0)
    }),
    { numRuns: 200 },
  )
})

/** A run that is leaving, whose hob was lost and never says that it is off. */
function leavingWithoutHob() {
  const { run: first, situation, ages } = testHall()
  let run: Run = first
  let now = T0
  const take = (event: RunEvent) => {
    const turn = advance(run, event, situation, now)
    run = turn.run
    for (const effect of turn.effects)
      if ((effect.do === 'on' || effect.do === 'off') && !(effect.do === 'off' && effect.slot === 'hob'))
        take({ is: 'switched', slot: effect.slot, on: effect.do === 'on', ok: true })
  }
  const pass = (seconds: number) => {
    for (let i = 0; i < seconds * 4; i++) {
      now += 250
      take({ is: 'beat' })
      take({ is: 'tick' })
    }
  }
  take({ is: 'act', act: 'start' })
  take({ is: 'act', act: 'next' })
  pass(6)
  ages.set('hob', 5100)
  pass(1)
  return {
    pass,
    set(byMs: number) {
      now += byMs
    },
    shift(byMs: number) {
      run = shiftRun(run, byMs)
    },
    get run() {
      return run
    },
  }
}

test('a lost hob holds its circuit, says so and until when, and lets go when its own countdown must have ended', () => {
  const demo = leavingWithoutHob()
  expect([demo.run.state, demo.run.reason?.code]).toEqual(['stopping', 'HW_DEMO_READING_LOST'])
  const lock = circuitLocks([demo.run]).get('table')
  expect(lock?.left?.names.zh).toBe('电磁炉')
  expect((lock?.left?.until ?? 0) - (demo.run.leavingAt ?? 0)).toBe(60_000)
  demo.pass(55)
  expect(demo.run.state).toBe('stopping')
  demo.pass(6)
  expect(demo.run.state).toBe('aborted')
  expect(circuitLocks([demo.run]).size).toBe(0)
})

test('a clock that is set back by an hour does not make a run that is leaving wait for that hour', () => {
  const demo = leavingWithoutHob()
  demo.set(-3_600_000)
  demo.shift(-3_600_000)
  demo.pass(61)
  expect(demo.run.state).toBe('aborted')
})
