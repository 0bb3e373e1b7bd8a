import { circuitLocks } from '../demos/circuit-locks.ts'
import { readiness } from '../demos/readiness.ts'
import { isOver, isUnderWay, type Run, type RunEvent, type RunReason } from '../demos/run.ts'
import type { RunView } from '../demos/run-view.ts'
import type { ActResult, Refusal } from '../domain/act-result.ts'
import { allows } from '../domain/role.ts'
import type { DeviceState } from '../readings/readings.ts'
import { createAttraction } from './attraction.ts'
import type { DemoAct, DemoActor, DemoRuns } from './demo-run.ts'
import type { DemoRunsParts } from './demo-runs-parts.ts'
import { createEnding } from './end-run.ts'
import { ends } from './hall-inputs.ts'
import { createHallView } from './hall-view.ts'
import { openLastOff } from './last-off.ts'
import type { OneRun } from './one-run.ts'
import { createOpening } from './open-run.ts'
import { createPast } from './past.ts'
import { refusedText } from './prepare.ts'
import { refusal, unknown } from './refusals.ts'
import { createRunBook } from './run-book.ts'
import { createRunClock } from './run-clock.ts'
import { showHall } from './show-hall.ts'
import { headOf } from './write-record.ts'

export type { DemoRuns } from './demo-run.ts'

/** The room, opened. */
export interface OpenDemoRuns extends DemoRuns {
  /** About four times a second. */
  tick(): void
  /** Everything off and over. */
  close(): Promise<void>
}

const TELL_EVERY_MS = 500
/** What a relay and its meter draw themselves, at most. */
const OFF_BELOW_W = 20
const READY_AT_MOST_MS = 600_000
const TIDY_EVERY_MS = 3_600_000

export async function openDemoRuns(parts: DemoRunsParts): Promise<OpenDemoRuns> {
  const { hall, catalogue, records, readings, commands, clock, log } = parts
  const runClock = createRunClock(clock)
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
  const heardSince = new Set<string>()
  const notOff = new Set(parts.notOffBefore)

  const around = () => ({ circuits: view.circuits(), interlocks: view.interlocks() })
  const book = createRunBook({ runs, offAt: lastOff.at, around, now, clock })
  const { shown, tell, noteMoment, forgetOld } = book
  const endings = createEnding({ ...parts, runs, book, count, lastRunAt, now })
  const { prepare, badInput } = createOpening({
    ...parts,
    ...{ runs, book, view, lastOff, past, notOffNow: notOff, count, now },
    end: endings.end,
  })

  function find(id: string, who: DemoActor): { readonly ok: true; readonly value: OneRun } | Refusal {
    const one = runs.get(id)
    if (!one) return unknown(id)
    const { by } = one.live.run
    if (by !== who.by)
      return refusal(
        'HW_DEMO_LED_BY_OTHER',
        `正由 ${by} 操作`,
        `${by} leads this run. Everything off works all the same.`,
      )
    return { ok: true, value: one }
  }

  const ALLOWED: Readonly<Record<DemoAct, readonly Run['state'][]>> = {
    start: ['ready'],
    pause: ['running'],
    resume: ['paused'],
    next: ['running'],
    back: ['running'],
    finish: ['running', 'paused'],
    cancel: ['checking', 'ready', 'offer', 'running', 'paused'],
  }

  function act(id: string, what: DemoAct, who: DemoActor & { guardConfirmed?: boolean }): ActResult<RunView> {
    const found = find(id, who)
    if (!found.ok) return found
    const { live, replay } = found.value
    const { run } = live
    if (!ALLOWED[what].includes(run.state))
      return refusal('HW_DEMO_WRONG_STATE', `现在是 ${run.state}，不能 ${what}`, `It is ${run.state}.`)
    if (what === 'start' && !replay) {
      const blocked = startRefusal(run, who)
      if (blocked) return blocked
      if (who.guardConfirmed) live.take({ is: 'guard' })
    }
    live.take({ is: 'act', act: what })
    if (what === 'start' && !replay) {
      noteMoment(found.value)
      log.info(
        { run: id, scenario: run.read.scenario.id, by: run.by, rehearsal: run.rehearsal },
        `${id}: ${run.read.scenario.id} started`,
      )
      const head = {
        ...headOf(live.run, shown(found.value)),
        state: 'running' as const,
        endedAt: live.run.startedAt ?? now(),
      }
      void records
        .begin(head)
        .catch((error: Error) => log.error({ run: id, error: error.message }, `${id} is not recorded`))
    }
    tell(found.value)
    return { ok: true, value: shown(found.value) }
  }

  /** Everything is looked at once more: minutes may have gone by. */
  function startRefusal(run: Run, who: DemoActor & { guardConfirmed?: boolean }): Refusal | undefined {
    if (run.rehearsal) return undefined
    const { guard } = run.read.scenario.safety
    if (
      guard &&
      !who.guardConfirmed &&
      run.slots.some(({ switched, hot, device }) => switched && hot && device !== undefined)
    )
      return refusal('HW_DEMO_GUARD_NOT_CONFIRMED', '请先确认防护罩已放好', 'Confirm the guard first.')
    const played = new Set(run.slots.filter(({ device }) => device !== undefined).map(({ role }) => role))
    const without = Object.keys(run.read.scenario.roles).filter((role) => !played.has(role))
    const [worst] = readiness(run.read, view.hallNow(), { override: run.override, without }).obstacles
    return worst && { ok: false, code: worst.reason.code, message: refusedText(worst.reason) }
  }

  function change(id: string, event: RunEvent, who?: DemoActor): ActResult<RunView> {
    const one = runs.get(id)
    if (!one) return unknown(id)
    if (who) {
      const found = find(id, who)
      if (!found.ok) return found
    }
    one.live.take(event)
    tell(one)
    return { ok: true, value: shown(one) }
  }

  function setInput(id: string, input: string, value: number, who: DemoActor): ActResult<RunView> {
    const one = runs.get(id)
    if (!one) return unknown(id)
    const isSpeed = one.replay !== undefined && input === 'speed' && (value === 1 || value === 4)
    const wrong = isSpeed ? undefined : badInput(one.live.run.read, { [input]: value })
    return wrong ?? change(id, { is: 'input', input, value }, who)
  }

  function stopAll(reason: RunReason, interlock?: string, only?: (run: Run) => boolean): void {
    for (const one of runs.values()) {
      const { run } = one.live
      if (isOver(run) || (only && !only(run))) continue
      one.live.take({ is: 'stop', reason, ...(interlock !== undefined && { interlock }) })
      tell(one)
    }
  }

  /** I1, I2 and I10: looked at with every reading. */
  function watchInputs(): void {
    for (const input of view.tripped()) stopAll(input.reason, input.id, (run) => ends(input, run))
  }

  const stopListening = readings.onChange((change) => {
    if (change.type !== 'state') return
    const { state: of, quantities } = change
    // A relay of the demonstrations that is heard for the first time since the start goes off: nobody knows who left it on.
    if (of.presence === 'online' && !heardSince.has(of.device)) {
      heardSince.add(of.device)
      if (view.switchable().includes(of.device) && !isInUse(of.device))
        void commands.allOff({ by: 'gateway', via: 'demo', reason: '启动时断电' }, [of.device])
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

  function tick(): void {
    watchClock()
    watchInputs()
    const monotonic = clock.monotonicMs()
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
    guess: (id, option, by) => change(id, { is: 'guess', option, change: by }),
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
    async close() {
      stopListening()
      const powered = [...runs.values()].filter(({ live }) => isUnderWay(live.run))
      const devices = [
        ...new Set(
          powered.flatMap(({ live }) =>
            live.run.slots.flatMap(({ switched, device }) => (switched && device ? device : [])),
          ),
        ),
      ]
      for (const { live } of runs.values()) live.close()
      await endings.all()
      if (devices.length > 0) await commands.allOff({ by: 'gateway', via: 'demo', reason: '网关停止' }, devices)
    },
  }
}
