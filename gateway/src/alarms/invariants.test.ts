import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FaultCode } from '../domain/fault-codes.ts'
import { type FaultKey, faultId } from '../domain/fault-event.ts'
import type { Alarm, AlarmTransition } from './alarm.ts'
import { NEXT } from './alarm-states.ts'
import { device, hallOf, storyOf, terminal } from './alarms-fixture.ts'
import { unitsAble } from './units-able.ts'

const hall = hallOf(
  [
    device('ups-1', { kind: 'ups' }),
    device('switch-1', { kind: 'network' }),
    device('router', { kind: 'network' }),
    terminal(1),
    terminal(2),
    terminal(3, { zone: 'entrance' }),
    device('meter-1', { link: 'bus' }),
    device('meter-2', { link: 'bus' }),
    device('meter-3', { link: 'bus' }),
  ],
  {
    alwaysOpen: ['entrance'],
    topology: [
      { parent: 'ups-1', children: ['switch-1', 'router'], kind: 'power' },
      { parent: 'switch-1', children: ['kiosk-01', 'kiosk-02', 'bus'], kind: 'network' },
    ],
    maintenance: [
      { devices: ['kiosk-02'], from: '2026-11-23T12:00:00+08:00', to: '2026-11-23T13:00:00+08:00', reason: '换屏' },
    ],
  },
)

const FAULTS: readonly FaultKey[] = (
  [
    ['ups-1', ['ups.on_battery', 'ups.low', 'ups.comm_lost']],
    ['switch-1', ['agent.lost', 'net.down']],
    ['router', ['net.down']],
    ['kiosk-01', ['agent.lost', 'prn.paper_jam', 'app.oos', 'sys.backend_down', 'cash.note_jam', 'touch.dead']],
    ['kiosk-02', ['agent.lost', 'prn.paper_jam', 'sys.backend_down', 'cash.box_missing']],
    ['kiosk-03', ['agent.lost', 'prn.paper_jam', 'pay.channel_down', 'door.forced']],
    ['meter-1', ['mtr.no_read']],
    ['meter-2', ['mtr.no_read']],
    ['meter-3', ['mtr.no_read', 'mtr.clock']],
  ] as [string, FaultCode[]][]
).flatMap(([id, codes]) =>
  codes.map((code) => ({ device: id, code, part: code === 'prn.paper_jam' ? 'paperPath.receipt' : '' })),
)

const fault = fc.constantFrom(...FAULTS)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('raised' as const), fault }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('cleared' as const), fault }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unknown' as const), fault }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 90 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('jump' as const), hours: fc.integer({ min: -30, max: 30 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('acknowledge' as const, 'shelve' as const, 'unshelve' as const, 'release-latch' as const),
      nth: fc.nat(5),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('repair' as const),
      device: fc.constantFrom('kiosk-01', 'kiosk-02'),
      on: fc.boolean(),
    }),
  },
)

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never

/** Runs the steps; `conditions` is what the readings say, told as simply as possible. */
function run(
  steps: readonly Step[],
  look: (what: ReturnType<typeof newRun>, one: Step, told: AlarmTransition[]) => void,
) {
  const running = newRun()
  const { story, conditions, repaired } = running
  for (const one of steps) {
    const before = story.log.length
    switch (one.do) {
      case 'raised':
      case 'cleared':
      case 'unknown': {
        story[one.do](one.fault.device, one.fault.code, one.fault.part)
        const id = faultId(one.fault)
        if (one.do === 'raised') conditions.set(id, 'present')
        else if (one.do === 'cleared') conditions.delete(id)
        else if (conditions.has(id)) conditions.set(id, 'unknown')
        break
      }
      case 'pass':
        story.pass(one.seconds * 1000)
        break
      case 'jump':
        story.jumpTo(story.now() + one.hours * 3_600_000)
        break
      case 'repair':
        story.setInRepair(one.device, one.on)
        if (one.on) repaired.add(one.device)
        else repaired.delete(one.device)
        break
      default: {
        const alarm = story.book.open()[one.nth]?.id ?? 'A20200101-0001'
        const extra = { minutes: 30, reason: '说明' }
        story.act({ act: one.do, alarm, by: 'zhang', ...extra })
      }
    }
    look(running, one, story.log.slice(before))
  }
  return running
}

const newRun = () => ({
  story: storyOf(hall),
  conditions: new Map<string, 'present' | 'unknown'>(),
  repaired: new Set<string>(),
})

const holds = (property: fc.IProperty<[Step[]]>) => fc.assert(property, { numRuns: 150 })
const steps = fc.array(step, { maxLength: 60 })

test('no alarm changes without its sequence growing by one, and each change starts where the last one ended', () => {
  holds(
    fc.property(steps, (list) => {
      const last = new Map<string, Alarm>()
      run(list, (_, __, told) => {
        for (const { alarm, from } of told) {
          const before = last.get(alarm.id)
          expect(alarm.sequence).toBe((before?.sequence ?? 0) + 1)
          expect(from).toBe(before?.state ?? 'normal')
          last.set(alarm.id, alarm)
        }
      })
    }),
  )
})

test('every change of state is one that the table knows', () => {
  holds(
    fc.property(steps, (list) => {
      run(list, (_, __, told) => {
        for (const { alarm, from } of told) {
          if (alarm.state !== from) expect(Object.values(NEXT[from])).toContain(alarm.state)
        }
      })
    }),
  )
})

test('what is told is all there is: folding the changes gives the open alarms', () => {
  holds(
    fc.property(steps, (list) => {
      const folded = new Map<string, Alarm>()
      run(list, ({ story }, _, told) => {
        for (const { alarm } of told) {
          if (alarm.state === 'normal') folded.delete(alarm.id)
          else folded.set(alarm.id, alarm)
        }
        expect([...folded.values()].sort(byId)).toEqual([...story.book.open()].sort(byId))
      })
    }),
  )
})

test('a lost link never clears anything', () => {
  holds(
    fc.property(steps, (list) => {
      run(list, (_, one, told) => {
        if (one.do !== 'unknown') return
        for (const { alarm, from, cause } of told) {
          expect(cause).not.toBe('cleared')
          expect(alarm.state).toBe(from)
        }
      })
    }),
  )
})

test('after its hold-off every fault is an open alarm, and no alarm says more than the readings', () => {
  holds(
    fc.property(steps, (list) => {
      const { story, conditions } = run(list, () => {})
      story.pass(11_000)
      const open = new Map(story.book.open().map((alarm) => [faultId(alarm.fault), alarm]))
      for (const [id, condition] of conditions) {
        const alarm = open.get(id)
        expect(alarm, id).toBeDefined()
        if (!alarm?.flapping) expect(alarm?.condition).toBe(condition)
      }
      for (const [id, alarm] of open) {
        if (alarm.fault.device === 'gateway' || alarm.flapping || conditions.has(id)) continue
        expect(alarm.condition).toBe('cleared')
      }
    }),
  )
})

test('a child is quiet only while an alarm that is open, active and not itself a child explains it', () => {
  holds(
    fc.property(steps, (list) => {
      const { story } = run(list, () => {})
      story.pass(120_000)
      for (const { suppressed } of story.book.open()) {
        if (suppressed?.by !== 'parent') continue
        const parent = story.book.open().find(({ id }) => id === suppressed.alarm)
        expect(parent).toBeDefined()
        expect(parent?.condition).not.toBe('cleared')
        expect(parent?.suppressed?.by).not.toBe('parent')
      }
    }),
  )
})

test('a restart is not seen: the same alarms, nothing told', () => {
  holds(
    fc.property(steps, (list) => {
      const { story, repaired } = run(list, () => {})
      story.pass(120_000)
      const kept = JSON.parse(JSON.stringify(story.book.open())) as Alarm[]
      const after = storyOf(hall, { start: story.now(), initial: { alarms: kept, inRepair: [...repaired] } })
      expect(after.log).toEqual([])
      expect(after.book.open()).toEqual(kept)
    }),
  )
})

test('the last unit that can print is P1 exactly when no message could name another', () => {
  holds(
    fc.property(steps, (list) => {
      const { story, repaired } = run(list, () => {})
      story.pass(40_000)
      if (!isOpen(story.now())) return
      const away = (id: string) => repaired.has(id) || (id === 'kiosk-02' && isMaintained(story.now()))
      const able = unitsAble('print-receipt', hall.devices, story.book.open()).filter(({ id }) => !away(id))
      for (const { fault, priority, condition } of story.book.open()) {
        if (fault.code !== 'prn.paper_jam' || condition === 'cleared') continue
        expect(priority).toBe(able.length === 0 ? 'P1' : 'P2')
      }
    }),
  )
})

const byId = (a: Alarm, b: Alarm) => a.id.localeCompare(b.id)

const shanghaiMinute = (now: number) => Math.floor(now / 60_000 + 8 * 60) % 1440
const isOpen = (now: number) => shanghaiMinute(now) >= 510 && shanghaiMinute(now) < 1050
const isMaintained = (now: number) =>
  now >= Date.parse('2026-11-23T12:00:00+08:00') && now < Date.parse('2026-11-23T13:00:00+08:00')
