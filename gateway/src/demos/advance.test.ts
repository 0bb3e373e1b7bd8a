import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { advance } from './advance.ts'
import { T0, TWO_HOBS, testHall } from './demos-fixture.ts'
import { anyEvent } from './events-fixture.ts'
import { isOnOrComing, loadOf } from './loads.ts'
import type { Effect, Run, RunEvent } from './run.ts'

/** A run with a clock: devices do what they are told unless the test says otherwise. */
function played(
  options: { limitW?: number; scenario?: string; confirms?: (slot: string, on: boolean) => boolean } = {},
) {
  const hall = testHall(options)
  const effects: Effect[] = []
  let run: Run = hall.run
  let now = T0
  const { confirms = () => true } = options
  function take(event: RunEvent): void {
    const turn = advance(run, event, hall.situation, now)
    run = turn.run
    effects.push(...turn.effects)
    for (const effect of turn.effects) {
      if ((effect.do === 'on' || effect.do === 'off') && confirms(effect.slot, effect.do === 'on'))
        take({ is: 'switched', slot: effect.slot, on: effect.do === 'on', ok: true })
    }
  }
  function pass(seconds: number, beats = true): void {
    for (let i = 0; i < seconds * 4; i++) {
      now += 250
      if (beats) take({ is: 'beat' })
      take({ is: 'tick' })
    }
  }
  const on = () => run.slots.filter(({ key }) => isOnOrComing(loadOf(run, key))).map(({ key }) => key)
  return {
    ...hall,
    take,
    pass,
    on,
    effects,
    get run() {
      return run
    },
    get now() {
      return now
    },
    /** Up to the step that heats. */
    heat() {
      take({ is: 'act', act: 'start' })
      take({ is: 'act', act: 'next' })
      pass(5.5)
    },
  }
}

test('a compressor that is on when the guide goes back rests before it starts again', () => {
  const demo = played({
    scenario: TWO_HOBS.replace('  guard: true\n', '  guard: true\n  restartDelayS: { lamp: 30 }\n'),
    confirms(slot, on) {
      if (!on) demo.state.offAt.set(slot, demo.now)
      return true
    },
  })
  demo.heat()
  demo.take({ is: 'act', act: 'next' })
  expect(demo.on()).toEqual(['lamp'])
  demo.take({ is: 'act', act: 'back' })
  expect(demo.on()).toEqual(['hob', 'other'])
  demo.pass(29)
  expect(demo.on()).toEqual(['hob', 'other'])
  demo.pass(2)
  expect(demo.on()).toEqual(['hob', 'other', 'lamp'])
})

describe('a run from beginning to end', () => {
  test('switches on in its step, off in the next, and is done with everything off', () => {
    const demo = played()
    demo.heat()
    expect(demo.on()).toEqual(['hob', 'other', 'lamp'])
    demo.pass(2)
    demo.say('hob', 'temperature.water', demo.now, 95.2)
    demo.take({ is: 'reading', slot: 'hob', at: demo.now })
    expect(demo.on()).toEqual(['lamp'])
    demo.pass(10.5)
    expect(demo.run.state).toBe('done')
    expect(demo.on()).toEqual([])
    expect(demo.effects.at(-1)).toEqual({ do: 'record' })
  })

  test('a load that is late holds its step: the next mark is set when it is on', () => {
    const demo = played({ confirms: (slot, on) => !on || slot !== 'lamp' })
    demo.take({ is: 'act', act: 'start' })
    demo.take({ is: 'act', act: 'next' })
    demo.pass(5.5)
    demo.take({ is: 'act', act: 'next' })
    // The result lasts ten seconds by itself; the lamp takes fourteen to answer.
    demo.pass(13)
    expect(demo.run.state).toBe('running')
    demo.take({ is: 'switched', slot: 'lamp', on: true, ok: true })
    demo.pass(0.25)
    expect(demo.run.state).not.toBe('running')
  })

  test('a mark bears the time of the reading that made its condition true', () => {
    const demo = played()
    demo.heat()
    demo.say('hob', 'temperature.water', demo.now - 130, 96)
    demo.take({ is: 'reading', slot: 'hob', at: demo.now - 130 })
    expect(demo.run.stepAt).toBe(demo.now - 130)
  })

  test('what was set is not set again, unless it is not in force or its load came on anew', () => {
    const scenario = TWO_HOBS.replace('kinds: [lamp],', 'kinds: [lamp], commands: [set-current],').replace(
      'until: { is: condition,',
      'during: [{ when: lamp.activePower < 50, does: [{ command: set-current, role: lamp, value: { of: 2 * 10 } }], once: false }], until: { is: condition,',
    )
    const demo = played({ scenario })
    const set = () => demo.effects.filter((effect) => effect.do === 'command').length
    demo.heat()
    demo.say('lamp', 'activePower', demo.now, 30)
    demo.pass(5)
    expect(set()).toBe(1)
    demo.take({ is: 'not-set', slot: 'lamp', command: 'set-current' })
    demo.pass(3)
    expect(set()).toBe(2)
    demo.take({ is: 'act', act: 'back' })
    demo.pass(5.5)
    expect(demo.on()).toContain('lamp')
    demo.pass(3)
    expect(set()).toBe(3)
  })

  test('guesses are counted for the step that asked last, and never fall below none', () => {
    const demo = played()
    demo.take({ is: 'act', act: 'start' })
    demo.take({ is: 'act', act: 'next' })
    demo.take({ is: 'guess', option: 1, change: 1 })
    demo.take({ is: 'guess', option: 0, change: -1 })
    demo.take({ is: 'guess', option: 7, change: 1 })
    expect(demo.run.guesses).toEqual({ ask: [0, 1] })
  })
})

describe('interlocks', () => {
  const reasonOf = ({ state, reason }: Run) => [state, reason?.code]

  test('I1: whatever stops from outside ends the run with everything off', () => {
    const demo = played()
    demo.heat()
    demo.take({
      is: 'stop',
      interlock: 'I1',
      reason: { code: 'HW_DEMO_EMERGENCY_STOP', text: { zh: '急停', en: 'E-stop' } },
    })
    expect(reasonOf(demo.run)).toEqual(['aborted', 'HW_DEMO_EMERGENCY_STOP'])
    expect(demo.on()).toEqual([])
  })

  test('I3: what would pass the limit of its circuit does not go on', () => {
    const demo = played({ limitW: 2000 })
    demo.heat()
    expect(demo.on()).toEqual(['hob', 'lamp'])
    expect(Object.keys(demo.run.tripped)).toContain('I3')
  })

  test('I3: a second above the limit, and the last one on goes off', () => {
    const demo = played()
    demo.heat()
    demo.state.circuitW = 4300
    demo.pass(0.75)
    expect(demo.on()).toEqual(['hob', 'other', 'lamp'])
    demo.pass(1)
    expect(demo.on()).toEqual(['hob', 'lamp'])
    demo.state.circuitW = 1500
    demo.pass(5)
    expect(demo.on()).toEqual(['hob', 'lamp'])
  })

  test('I4: nothing is on for longer than the scenario allows, pauses and further steps included', () => {
    const demo = played()
    demo.heat()
    demo.pass(30)
    demo.take({ is: 'act', act: 'pause' })
    expect(demo.on()).toEqual(['lamp'])
    demo.pass(10)
    demo.take({ is: 'act', act: 'resume' })
    demo.pass(0.5)
    expect(demo.on()).toEqual(['hob', 'other', 'lamp'])
    demo.pass(15)
    const heated = demo.effects.filter((effect) => effect.do === 'on' && effect.slot === 'hob').length
    expect(heated).toBe(2)
    demo.pass(30)
    expect(demo.on()).toEqual([])
  })

  test('I5: ten seconds without the tablet pause the run, sixty end it', () => {
    const demo = played()
    demo.heat()
    demo.pass(9.5, false)
    expect(demo.run.state).toBe('running')
    demo.pass(1, false)
    expect(demo.run.state).toBe('paused')
    expect(demo.on()).toEqual(['lamp'])
    demo.pass(50, false)
    expect(reasonOf(demo.run)).toEqual(['aborted', 'HW_DEMO_TABLET_LOST'])
  })

  test('I5: guesses that somebody else counts do not stand for the tablet', () => {
    const demo = played()
    demo.heat()
    for (let second = 0; second < 11; second++) {
      demo.take({ is: 'guess', option: 1, change: 1 })
      demo.pass(1, false)
    }
    expect(demo.run.guesses.ask?.[1]).toBe(11)
    expect(demo.run.state).toBe('paused')
    expect(demo.on()).toEqual(['lamp'])
  })

  test('a pause that nobody ends is over after two minutes', () => {
    const demo = played()
    demo.heat()
    demo.take({ is: 'act', act: 'pause' })
    demo.pass(121)
    expect(reasonOf(demo.run)).toEqual(['aborted', 'HW_DEMO_PAUSED_TOO_LONG'])
  })

  test('I6: a required device that is not read any more stops the run; another one only goes off', () => {
    const demo = played()
    demo.heat()
    demo.ages.set('other', 5100)
    demo.pass(0.25)
    expect([demo.run.state, demo.on()]).toEqual(['running', ['hob', 'lamp']])
    demo.ages.set('hob', 5100)
    demo.pass(0.25)
    expect(reasonOf(demo.run)).toEqual(['aborted', 'HW_DEMO_READING_LOST'])
  })

  test('I6: a meter whose register stands still while power flows is not believed', () => {
    const demo = played()
    demo.heat()
    // On for longer than its time, so that only the register can be the reason.
    for (let second = 0; second < 70 && demo.run.state === 'running'; second++) {
      demo.say('hob', 'activePower', demo.now, 1500)
      demo.say('hob', 'activeEnergyImport', demo.now, 12.5)
      demo.pass(0.75)
    }
    expect(demo.on()).not.toContain('hob')
  })

  test('I7: above its ceiling everything goes off', () => {
    const demo = played()
    demo.heat()
    demo.say('hob', 'temperature.water', demo.now, 90)
    demo.pass(0.25)
    expect(demo.run.state).toBe('running')
    // A jump past the target and the ceiling at once.
    demo.say('hob', 'temperature.water', demo.now, 97.5)
    demo.take({ is: 'reading', slot: 'hob', at: demo.now })
    expect(reasonOf(demo.run)).toEqual(['aborted', 'HW_DEMO_CEILING'])
  })

  test('I11: outside the schedule nothing goes on', () => {
    const demo = played()
    demo.state.open = false
    demo.heat()
    expect(demo.on()).toEqual([])
  })

  test('a rule of the scenario stops it with its own words', () => {
    const demo = played()
    demo.heat()
    demo.say('lamp', 'activePower', demo.now, 600)
    demo.take({ is: 'reading', slot: 'lamp', at: demo.now })
    expect(demo.run.reason?.text.zh).toBe('灯太亮')
  })

  test('a relay that says on and draws nothing is dead', () => {
    const demo = played()
    demo.heat()
    for (let i = 0; i < 14 && demo.run.state !== 'aborted'; i++) {
      demo.say('hob', 'activePower', demo.now, 0)
      demo.pass(1)
    }
    expect(reasonOf(demo.run)).toEqual(['aborted', 'HW_DEMO_NO_POWER'])
  })

  test('a hob that draws although it was switched off (its own button, a welded relay) raises the alarm and is switched off again; the run is not over before it is', () => {
    const demo = played()
    demo.heat()
    demo.pass(1)
    demo.take({ is: 'act', act: 'pause' })
    expect(demo.on()).toEqual(['lamp'])
    for (let second = 0; second < 6 && demo.run.state === 'paused'; second++) {
      demo.pass(1)
      demo.say('hob', 'activePower', demo.now, 1500)
    }
    expect(reasonOf(demo.run)).toEqual(['stopping', 'HW_DEMO_LOAD_NOT_OFF'])
    const told = demo.effects.map((effect) => JSON.stringify(effect))
    const alarm = told.indexOf('{"do":"alarm","slots":["hob"]}')
    expect(alarm).toBeGreaterThan(0)
    expect(told.lastIndexOf('{"do":"off","slot":"hob"}')).toBeGreaterThan(alarm)
    demo.pass(1)
    demo.say('hob', 'activePower', demo.now, 0)
    demo.pass(0.5)
    expect(demo.run.state).toBe('aborted')
  })

  test('off is what a meter of its own shows, however soon the relay says so: a welded one is found at the end of the run', () => {
    const demo = played()
    demo.heat()
    demo.say('hob', 'activePower', demo.now, 1500)
    demo.take({ is: 'act', act: 'finish' })
    demo.pass(0.75)
    // What the relay said is older than any reading: nobody knows yet.
    expect(demo.run.state).toBe('finishing')
    demo.say('hob', 'activePower', demo.now, 1500)
    demo.pass(2)
    expect(reasonOf(demo.run)).toEqual(['stopping', 'HW_DEMO_LOAD_NOT_OFF'])
    expect(demo.effects).toContainEqual({ do: 'alarm', slots: ['hob'] })
  })

  test('a meter that is read every four seconds is waited for without an alarm; one that is lost raises it, and the run is over within its minute', () => {
    const alarms = (demo: ReturnType<typeof played>) => demo.effects.filter((effect) => effect.do === 'alarm').length
    const slow = played()
    slow.heat()
    slow.say('hob', 'activePower', slow.now, 1500)
    slow.take({ is: 'act', act: 'finish' })
    slow.pass(4)
    slow.say('hob', 'activePower', slow.now, 0)
    slow.pass(0.25)
    expect([slow.run.state, alarms(slow)]).toEqual(['done', 0])
    const lost = played()
    lost.heat()
    lost.say('hob', 'activePower', lost.now, 1500)
    lost.take({ is: 'act', act: 'finish' })
    lost.pass(8)
    expect([lost.run.state, alarms(lost)]).toEqual(['stopping', 1])
    lost.pass(53)
    expect([lost.run.state, alarms(lost)]).toEqual(['aborted', 1])
  })

  test('a run that is left tells everything to go off, also what it never switched on, and waits for what draws', () => {
    const demo = played()
    demo.take({ is: 'act', act: 'start' })
    demo.say('other', 'activePower', demo.now, 1500)
    demo.take({ is: 'act', act: 'cancel' })
    expect(demo.effects.flatMap((effect) => (effect.do === 'off' ? effect.slot : []))).toEqual(['hob', 'other', 'lamp'])
    demo.pass(1)
    demo.say('other', 'activePower', demo.now, 1500)
    demo.pass(0.5)
    expect(demo.run.state).toBe('stopping')
    demo.say('other', 'activePower', demo.now, 0)
    demo.pass(0.5)
    expect(demo.run.state).toBe('aborted')
  })

  test('what was never on and does not answer holds nobody up', () => {
    const demo = played({ confirms: (slot) => slot === 'lamp' })
    demo.take({ is: 'act', act: 'start' })
    demo.take({ is: 'act', act: 'cancel' })
    expect(demo.run.state).toBe('aborted')
    expect(demo.effects.at(-1)).toEqual({ do: 'record' })
  })

  test('what does not confirm that it is off raises the alarm once, and the run is over when its own countdown must have ended', () => {
    const demo = played({ confirms: (slot, on) => on || slot !== 'hob' })
    demo.heat()
    demo.take({ is: 'act', act: 'finish' })
    expect(demo.run.state).toBe('finishing')
    demo.pass(2.5)
    expect(demo.effects).toContainEqual({ do: 'alarm', slots: ['hob'] })
    expect(reasonOf(demo.run)).toEqual(['stopping', 'HW_DEMO_LOAD_NOT_OFF'])
    demo.pass(80)
    expect(demo.run.state).toBe('aborted')
    expect(demo.effects.filter((effect) => effect.do === 'alarm')).toHaveLength(1)
  })
})

test('in no order of events is anything on where it may not be, and leaving only switches off', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
      const { run: first, situation } = testHall()
      let run = first
      let now = T0
      for (const one of events) {
        if (one.is === 'pass') {
          now += one.ms
          continue
        }
        const before = run.state
        const turn = advance(run, one, situation, now)
        run = turn.run
        const on = run.slots.filter(({ key }) => isOnOrComing(loadOf(run, key)))
        if (run.state !== 'running' && run.state !== 'paused') expect(on).toEqual([])
        if (run.state === 'paused') expect(on.filter(({ hot }) => hot)).toEqual([])
        if (before === 'running' && run.state !== 'running')
          // What was switched on within this very moment is switched off after it.
          for (const effect of turn.effects)
            if (effect.do === 'on')
              expect(turn.effects.findLast((other) => other.do === 'off' && other.slot === effect.slot)).toBeDefined()
        if (before !== 'running' && run.state !== 'running')
          expect(turn.effects.filter(({ do: what }) => what === 'on')).toEqual([])
        const watts = on.reduce((sum, { ratedW = 0 }) => sum + ratedW, 0)
        expect(watts).toBeLessThanOrEqual(3100)
      }
    }),
    { numRuns: 150 },
  )
})
