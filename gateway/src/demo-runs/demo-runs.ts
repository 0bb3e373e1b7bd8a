import type { AllOffResult } from '../commands/command.ts'
import type { Interlock } from '../commands/decide.ts'
import { circuitLocks } from '../demos/circuit-locks.ts'
import { isOver, isUnderWay, type Run, type RunReason } from '../demos/run.ts'
import { allows } from '../domain/role.ts'
import { createSteadyClock } from '../ports/steady-clock.ts'
import type { DeviceState } from '../readings/readings.ts'
import { createAttraction } from './attraction.ts'
import { createByHand } from './by-hand.ts'
import type { DemoRuns } from './demo-run.ts'
import type { DemoRunsParts } from './demo-runs-parts.ts'
import { createEnding } from './end-run.ts'
import { ends } from './hall-inputs.ts'
import { createHallView } from './hall-view.ts'
import { openLastOff } from './last-off.ts'
import { createLeading } from './lead-run.ts'
import type { OneRun } from './one-run.ts'
import { createOpening } from './open-run.ts'
import { createPast } from './past.ts'
import { createPutOff } from './put-off.ts'
import { refusal, unknown } from './refusals.ts'
import { createRunBook } from './run-book.ts'
import { showHall } from './show-hall.ts'

export type { DemoRuns } from './demo-run.ts'

/** The room, opened. */
export interface OpenDemoRuns extends DemoRuns {
  /** About four times a second. */
  tick(): void
  /** May it be switched on without a run? For the commands room. */
  readonly byHand: Interlock
  /** Devices are about to leave the hall, or to be reached otherwise: runs that have one end, and `relays` go off with their loads. */
  letGo(devices: readonly string[], relays: readonly string[]): Promise<AllOffResult>
  /** Everything off and over. */
  close(): Promise<void>
}

const TELL_EVERY_MS = 500
/** What a relay and its meter draw themselves, at most. */
const OFF_BELOW_W = 20
const READY_AT_MOST_MS = 600_000
const DANGERS_EVERY_MS = 1000
const TIDY_EVERY_MS = 3_600_000

export async function openDemoRuns(parts: DemoRunsParts): Promise<OpenDemoRuns> {
  const { hall, catalogue, records, readings, commands, clock, log } = parts
  const runClock = createSteadyClock(clock)
  const now = () => runClock.now()
  const runs = new Map<string, OneRun>()
  const lastOff = await openLastOff(parts.lastOffs, now(), log)
  const past = createPast(parts.history, now)
  const lastRunAt = new Map<string, number>()
  const count = { done: 0, aborted: 0, refused: 0 }
  const settings = () => hall().hall.demos
  const state = (device: string) => readings.device(device)
  let tidiedAt = Number.NEGATIVE_INFINITY

  const view = createHallView({
    hall,
    catalogue,
    state,
    commands,
    faulty: parts.faulty,
    offAt: lastOff.at,
    now,
    locks: () => circuitLocks([...runs.values()].map(({ live }) => live.run)),
  })
  const attraction = createAttraction({ hall, catalogue, records, view, state, now, commands, clock, past })

  // Whatever was under way when the gateway stopped: its loads go off by themselves and by the reverts of commands.
  const restarted = { zh: '网关重启，已断电', en: 'The gateway was restarted; everything was switched off.' }
  for (const head of await records.interrupted({ code: 'HW_DEMO_RESTARTED', text: restarted }, clock.wallMs())) {
    count.aborted++
    log.warn(
      { code: 'HW_DEMO_RESTARTED', run: head.id, scenario: head.scenario },
      `${head.id} was interrupted by a restart`,
    )
  }
  const online = new Set<string>()
  let dangers = { hold: false, lookedAt: Number.NEGATIVE_INFINITY }
  const notOff = new Set(parts.notOffBefore)

  const around = () => ({ circuits: view.circuits(), interlocks: view.interlocks() })
  const book = createRunBook({ runs, offAt: lastOff.at, around, now, clock })
  const { shown, tell, forgetOld } = book
  const endings = createEnding({ ...parts, runs, book, count, lastRunAt, now })
  const { prepare, badInput } = createOpening({
    ...parts,
    ...{ runs, book, view, lastOff, past, notOffNow: notOff, count, now },
    end: endings.end,
  })

  const { act, guess, setInput } = createLeading({ runs, book, view, records, badInput, now, log })

  function stopAll(reason: RunReason, interlock?: string, only?: (run: Run) => boolean): void {
    for (const one of runs.values()) {
      const { run } = one.live
      if (isOver(run) || (only && !only(run))) continue
      one.live.take({ is: 'stop', reason, ...(interlock !== undefined && { interlock }) })
      tell(one)
    }
  }

  /** I1, I2 and I10: looked at with every reading, while there is a run that they could end. */
  function watchInputs(): void {
    if (runs.size === 0) return
    for (const input of view.tripped()) stopAll(input.reason, input.id, (run) => ends(input, run))
  }

  const stopListening = readings.onChange((change) => {
    if (change.type !== 'state') {
      online.delete(change.device)
      return
    }
    const { state: of, quantities } = change
    // A relay of the demonstrations that is there, or there again, goes off: nobody knows who left it on.
    // Unknown without a reason it is after an edit of hall.yaml, and was not away.
    if (of.presence !== 'online') {
      if (of.presence === 'offline' || of.reason !== undefined) online.delete(of.device)
    } else if (!online.has(of.device)) {
      online.add(of.device)
      if (isNobodys(of.device)) putOff(of.device, '上线时断电')
    }
    if (quantities.length === 0) return
    watchClock()
    if (notOff.has(of.device)) watchWhetherOff(of)
    watchInputs()
    for (const { live } of [...runs.values()]) if (!isOver(live.run)) live.takeReading(of, quantities)
    attraction.takeReading(of, quantities)
  })

  /** Its meter shows that it is off by now; without one, its relay. */
  function watchWhetherOff({ device, readings: shown }: DeviceState): void {
    const power = shown.get('activePower')
    const relay = shown.get('switchedOn')
    const isOff = power
      ? power.quality === 'good' && typeof power.value === 'number' && power.value <= OFF_BELOW_W
      : relay?.quality === 'good' && relay.value === false
    if (!isOff) return
    notOff.delete(device)
    parts.notOff(device, false)
  }

  const isInUse = (device: string) =>
    [...runs.values()].some(({ live }) => isUnderWay(live.run) && live.run.slots.some((slot) => slot.device === device))

  /** It may be switched by runs, and none holds it now. */
  const isNobodys = (device: string) => !isInUse(device) && view.switchable().includes(device) && goesOff(device)
  const goesOff = (device: string) => view.known(device)?.switches.off === true

  const { putOff, close: stopPuttingOff } = createPutOff({
    commands,
    clock,
    goesOn: (device) => isNobodys(device) && state(device)?.presence === 'online',
    onNotOff(device) {
      notOff.add(device)
      parts.notOff(device, true)
      log.error({ code: 'HW_DEMO_LOAD_NOT_OFF', devices: [device] }, `not known to be off: ${device}`)
    },
  })

  const switchedBy = (of: readonly OneRun[]) => [
    ...new Set(of.flatMap(({ live }) => live.run.slots.flatMap(({ switched, device }) => (switched && device) || []))),
  ]

  /** A clock that is set ends whatever goes on: figures over time would be wrong. Runs keep their durations, so that they do end. */
  function watchClock(): void {
    const byMs = runClock.jumped()
    if (byMs === 0) return
    for (const { live } of runs.values()) live.clockSet(byMs)
    lastOff.clockSet(byMs)
    const text = { zh: '网关时钟被调整，演示已停止', en: 'The clock of the gateway was set.' }
    const isLive = (run: Run) => run.startedAt !== undefined && !runs.get(run.id)?.replay
    stopAll({ code: 'HW_DEMO_CLOCK_JUMPED', text }, undefined, isLive)
  }

  /** I10: whatever runs may switch goes off, whether one has it or not. Once a second: with every reading it would be too much. */
  function watchDangers(monotonic: number): void {
    if (monotonic - dangers.lookedAt < DANGERS_EVERY_MS) return
    const danger = view.tripped().find(({ id }) => id === 'I10')
    if (danger && !dangers.hold) {
      // Runs switch off what they have switched on.
      const theirs = switchedBy([...runs.values()].filter(({ live }) => isUnderWay(live.run)))
      for (const device of view.switchable())
        if (!theirs.includes(device) && goesOff(device)) putOff(device, danger.reason.text.zh)
    }
    dangers = { hold: danger !== undefined, lookedAt: monotonic }
  }

  function tick(): void {
    watchClock()
    watchInputs()
    const monotonic = clock.monotonicMs()
    watchDangers(monotonic)
    for (const one of [...runs.values()]) {
      const { run } = one.live
      if (isUnderWay(run)) one.live.tick()
      else if ((run.state === 'ready' || run.state === 'checking') && now() - run.at > READY_AT_MOST_MS)
        one.live.take({ is: 'act', act: 'cancel' })
      if (one.urgent || (isUnderWay(one.live.run) && monotonic - one.toldAt >= TELL_EVERY_MS)) tell(one)
    }
    forgetOld()
    if (monotonic - tidiedAt > TIDY_EVERY_MS) {
      tidiedAt = monotonic
      void records.tidy(clock.wallMs(), settings().recordDays).catch(() => {})
    }
  }

  return {
    view: () =>
      showHall({
        hall: hall(),
        catalogue,
        view,
        records,
        lastRunAt,
        now: now(),
        runs: [...runs.values()].map((one) => shown(one)),
      }),
    run: (id) => {
      const one = runs.get(id)
      return one && shown(one)
    },
    runs: () => {
      const with_ = around()
      return [...runs.values()].map((one) => shown(one, with_))
    },
    prepare,
    act,
    guess,
    setInput,
    beat(id, by) {
      const one = runs.get(id)
      if (!one || one.live.run.by !== by) return false
      one.live.take({ is: 'beat' })
      return true
    },
    async allOff(who) {
      const result = commands.allOff(who)
      for (const { live } of runs.values()) live.hallOff(result)
      stopAll({
        code: 'HW_DEMO_ALL_OFF',
        text: { zh: `${who.by} 全部断电`, en: `Everything was switched off by ${who.by}.` },
      })
      return result
    },
    attract: () => attraction.now(),
    async records(query) {
      await endings.all()
      return records.list(query)
    },
    async record(id) {
      await endings.of(id)
      return records.get(id)
    },
    async remark(id, said, who) {
      if (!allows(who.roles, 'run-demos')) return refusal('HW_DEMO_UNKNOWN', '无权', 'Not allowed.')
      const head = await records.remark(id, said)
      if (!head) return unknown(id)
      if (said.audience !== undefined && !head.rehearsal)
        parts.writeFrame({
          device: head.scenario,
          stream: 'demo_run',
          at: head.endedAt,
          values: { runAudience: said.audience },
        })
      return { ok: true, value: head }
    },
    onChange: book.onChange,
    stats: () => ({
      demoRunsUnderWay: [...runs.values()].filter(({ live }) => isUnderWay(live.run)).length,
      demoRunsDone: count.done,
      demoRunsAborted: count.aborted,
      demoRunsRefused: count.refused,
      demoRecords: records.count(),
    }),
    tick,
    byHand: createByHand(view),
    async letGo(devices, relays) {
      for (const device of devices) online.delete(device)
      const isTheirs = ({ live: { run } }: OneRun) => run.slots.some(({ device = '' }) => devices.includes(device))
      const having = [...runs.values()].filter((one) => !isOver(one.live.run) && isTheirs(one))
      const asked = { by: 'gateway', via: 'demo', reason: '离开本厅或更改连接前断电' } as const
      const result = commands.allOff(asked, [...new Set([...relays, ...switchedBy(having)])])
      const text = { zh: '设备配置已更改，演示已停止', en: 'A device of the run was changed in hall.yaml.' }
      for (const { live } of having) live.hallOff(result)
      stopAll({ code: 'HW_DEMO_DEVICE_MISSING', text }, undefined, (run) => having.some(({ live }) => live.run === run))
      return result
    },
    async close() {
      stopListening()
      stopPuttingOff()
      const devices = switchedBy([...runs.values()].filter(({ live }) => isUnderWay(live.run)))
      for (const { live } of runs.values()) live.close()
      await endings.all()
      if (devices.length > 0) await commands.allOff({ by: 'gateway', via: 'demo', reason: '网关停止' }, devices)
    },
  }
}
