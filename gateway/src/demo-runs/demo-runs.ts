import type { Commands } from '../commands/command.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import { runEnergy } from '../demos/formulas.ts'
import { newRun } from '../demos/new-run.ts'
import type { ReadScenario } from '../demos/read-scenarios.ts'
import { readiness } from '../demos/readiness.ts'
import { isOver, type Run, type RunEvent, type RunReason } from '../demos/run.ts'
import type { RunView } from '../demos/run-view.ts'
import { powerBetween } from '../demos/track.ts'
import type { ActResult, Refusal } from '../domain/act-result.ts'
import type { ErrorCode } from '../domain/error-codes.ts'
import type { Frame } from '../domain/frame.ts'
import { allows } from '../domain/role.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { DeviceState, Readings } from '../readings/readings.ts'
import { createAttraction } from './attraction.ts'
import { type Catalogue, playedIn } from './catalogue.ts'
import type { DemoAct, DemoActor, DemoRuns, PrepareRequest } from './demo-run.ts'
import { createHallView } from './hall-view.ts'
import { createLiveRun, type LiveRun } from './live-run.ts'
import { type OneRun, viewOf } from './one-run.ts'
import { createPlaying, type Playing } from './playing.ts'
import { prepareRun, refusedText } from './prepare.ts'
import type { Records } from './records.ts'
import { laneSamples, replayRun } from './replay.ts'
import { createRunClock } from './run-clock.ts'
import { showHall } from './show-hall.ts'
import { headOf, recordOf, runFrame } from './write-record.ts'

export type { DemoRuns } from './demo-run.ts'

export interface DemoRunsParts {
  hall(): ResolvedHall
  readonly catalogue: Catalogue
  readonly records: Records
  readonly readings: Pick<Readings, 'device' | 'onChange'>
  readonly commands: Pick<Commands, 'request' | 'allOff' | 'available'>
  /** Devices with an open alarm of P1 or P2. */
  faulty(): ReadonlySet<string>
  /** Hours before now, and values, of the gateway’s own history; resolves to nothing when there is none. */
  history(device: string, quantity: string): Promise<readonly (readonly [number, number])[]>
  /** To InfluxDB, once for each run that ended. */
  writeFrame(frame: Frame): void
  /** P1 负载未断开, raised or over. */
  notOff(device: string, holds: boolean): void
  /** Devices for which it is raised already. */
  readonly notOffBefore: readonly string[]
  readonly gatewayVersion: string
  readonly clock: Clock
  readonly log: Log
}

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
const KEPT_AFTER_END_MS = 300_000
/** Runs that ended and are still shown. */
const MOST_KEPT = 60
const READY_AT_MOST_MS = 600_000
const MOST_MOMENTS = 3000
const TIDY_EVERY_MS = 3_600_000

export async function openDemoRuns(parts: DemoRunsParts): Promise<OpenDemoRuns> {
  const { hall, catalogue, records, readings, commands, clock, log } = parts
  const runClock = createRunClock(clock)
  const now = () => runClock.now()
  const runs = new Map<string, OneRun>()
  const listeners = new Set<(run: RunView) => void>()
  const offAt = new Map<string, number>()
  const lastRunAt = new Map<string, number>()
  const count = { done: 0, aborted: 0, refused: 0 }
  const settings = () => hall().hall.demos
  const state = (device: string) => readings.device(device)
  let tidiedAt = Number.NEGATIVE_INFINITY

  const isUnderWay = ({ state }: Run) =>
    state === 'running' || state === 'paused' || state === 'stopping' || state === 'finishing'
  const view = createHallView({
    hall,
    catalogue,
    state,
    commands,
    faulty: parts.faulty,
    offAt,
    now,
    locks: () => {
      const held = new Map<string, { run: string; by: string }>()
      for (const { live } of runs.values()) {
        const { run } = live
        if (!isUnderWay(run)) continue
        for (const { switched, circuit, device } of run.slots)
          if (switched && circuit !== undefined && device !== undefined) held.set(circuit, { run: run.id, by: run.by })
      }
      return held
    },
  })
  const attraction = createAttraction({ hall, catalogue, view, state, now, commands, clock })

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

  const refusal = (code: ErrorCode, zh: string, en: string): Refusal => ({ ok: false, code, message: `${zh} · ${en}` })
  const unknown = (id: string) => refusal('HW_DEMO_UNKNOWN', `没有 ${id}`, `There is no ${id}.`)

  const around = () => ({ circuits: view.circuits(), interlocks: view.interlocks() })
  const timeOf = ({ live }: OneRun) => ('at' in live ? (live as Playing).at() : now())
  function shown(one: OneRun, with_ = around()): RunView {
    if (one.replay && 'speed' in one.live) one.replay = { ...one.replay, speed: (one.live as Playing).speed }
    return viewOf(one, with_, offAt, timeOf(one))
  }

  function tell(one: OneRun): void {
    one.toldAt = clock.monotonicMs()
    one.urgent = false
    if (listeners.size === 0) return
    const seen = shown(one)
    for (const listener of listeners) listener(seen)
  }

  const changed = (id: string, urgent: boolean) => {
    const one = runs.get(id)
    if (!one) return
    noteMoment(one)
    if (urgent) one.urgent = true
  }

  /** For a replay: what the run was, at each change. */
  function noteMoment({ live: { run }, script, replay }: OneRun): void {
    if (replay || run.startedAt === undefined || script.length >= MOST_MOMENTS) return
    const last = script.at(-1)
    const { step, stepAt, loads, marks, inputs, guesses, panel, asked, state: is } = run
    const same =
      last &&
      last.step === step &&
      last.loads === loads &&
      last.marks === marks &&
      last.state === is &&
      last.guesses === guesses &&
      last.inputs === inputs
    if (same) return
    script.push({
      ...{ at: script.length === 0 ? run.startedAt : now(), state: is, step, key: run.plan[step]?.key ?? '' },
      ...{ stepAt, loads, marks, inputs, guesses },
      ...(panel !== undefined && { panel }),
      ...(asked !== undefined && { asked }),
    })
  }

  function add(
    run: Run,
    open: (id: string) => LiveRun,
    more: Partial<Pick<OneRun, 'bindings' | 'obstacles' | 'offers' | 'replay'>> = {},
  ): OneRun {
    const { bindings = new Map(), obstacles = [], offers, replay } = more
    const one: OneRun = {
      live: open(run.id),
      bindings,
      obstacles,
      ...(offers && { offers }),
      ...(replay && { replay }),
      script: [],
      toldAt: Number.NEGATIVE_INFINITY,
      urgent: true,
    }
    runs.set(run.id, one)
    forgetOld()
    return one
  }

  function liveRun(
    first: Run,
    bindings: OneRun['bindings'],
    more: Partial<Parameters<typeof createLiveRun>[2]> = {},
  ): LiveRun {
    const { id } = first
    const past = new Map<string, readonly (readonly [number, number])[]>()
    return createLiveRun(first, bindings, {
      commands,
      clock,
      now,
      state,
      device: view.known,
      offAt,
      prices: view.prices(first.read.scenario.id),
      fact: (fact) => catalogue.book.fact(fact, settings().region),
      open: view.open,
      staleMs: settings().staleS * 1000,
      circuits: view.circuitLoads,
      history: (slot, point) => {
        const key = `${slot}.${point}`
        const known = past.get(key)
        if (known) return known
        past.set(key, [])
        const device = bindings.get(slot)?.device
        if (device !== undefined) void parts.history(device, point).then((points) => past.set(key, points))
        return []
      },
      onChange: (urgent) => changed(id, urgent),
      onAlarm: (devices) => {
        for (const device of devices) {
          notOff.add(device)
          parts.notOff(device, true)
        }
        log.error(
          { code: 'HW_DEMO_LOAD_NOT_OFF', run: id, devices },
          `${id}: not known to be off: ${devices.join(', ')}`,
        )
      },
      onOver: () => end(id),
      ...more,
    })
  }

  /** Records that are being written: who asks for records waits for them. */
  const ending = new Map<string, Promise<void>>()

  function end(id: string): void {
    // After the step that ended it: the run is not yet what it becomes.
    const written = Promise.resolve()
      .then(() => ended(id))
      .finally(() => ending.delete(id))
    ending.set(id, written)
  }

  /** Writes the record once, and the point for InfluxDB. */
  async function ended(id: string): Promise<void> {
    const one = runs.get(id)
    if (!one) return
    const { run, tracks } = one.live
    if (one.replay) {
      tell(one)
      return
    }
    count[run.state === 'done' ? 'done' : 'aborted']++
    if (!run.rehearsal) lastRunAt.set(run.read.scenario.id, run.endedAt ?? now())
    const seen = shown(one)
    noteMoment(one)
    const level = run.reason ? 'warn' : 'info'
    log[level](
      { ...(run.reason && { code: run.reason.code }), run: id, scenario: seen.scenario, by: run.by, mark: seen.mark },
      `${id}: ${seen.scenario} ${run.state} after ${Math.round(seen.elapsedS)} s`,
    )
    const { record, recording } = recordOf(run, seen, tracks.all(), one.script, {
      hall: hall(),
      book: catalogue.book,
      gatewayVersion: parts.gatewayVersion,
      state,
    })
    if (!run.rehearsal) parts.writeFrame(runFrame(run, seen, energyOf(one)))
    tell(one)
    await records.end(record, recording).catch((error: Error) => {
      log.error({ code: 'HW_STORE_IO', run: id, error: error.message }, `${id} is not recorded`)
    })
  }

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

  function nameOf(request: PrepareRequest): Pick<Run, 'id' | 'screen' | 'at'> & Pick<Partial<Run>, 'playlist'> {
    const list = catalogue.playlists.find(({ id }) => id === request.playlist?.id)
    return {
      id: records.nextId(),
      screen: request.screen ?? settings().screens[0]?.id ?? 'main',
      at: now(),
      ...(request.playlist && { playlist: { ...request.playlist, of: list?.scenarios.length ?? 1 } }),
    }
  }

  /** The inputs of the playlist’s entry come first, then what was asked for. */
  function withInputs(request: PrepareRequest): PrepareRequest {
    const { playlist, inputs } = request
    const entry = catalogue.playlists.find(({ id }) => id === playlist?.id)?.scenarios[playlist?.index ?? -1]
    return entry?.scenario === request.scenario ? { ...request, inputs: { ...entry.inputs, ...inputs } } : request
  }

  function badInput({ scenario }: ReadScenario, inputs: Readonly<Record<string, number>> = {}): Refusal | undefined {
    for (const [id, value] of Object.entries(inputs)) {
      const known = scenario.inputs[id]
      if (known && value >= known.min && value <= known.max) continue
      const range = known ? `${known.min}–${known.max}` : '—'
      return refusal('HW_DEMO_INPUT', `${id}: ${range}`, `${id} takes ${range}.`)
    }
    return undefined
  }

  function prepare(asked: PrepareRequest): ActResult<RunView> {
    const read = playedIn(hall().hall, catalogue).find(({ scenario }) => scenario.id === asked.scenario)
    if (!read) return unknown(asked.scenario)
    if (asked.forFlow && !isForFlows(read))
      return refusal(
        'HW_DEMO_NOT_FOR_FLOWS',
        '流程不能启动发热或大功率的场景',
        'A flow may not start what heats or is strong.',
      )
    const request = withInputs(asked)
    // Whoever asks again has changed their mind.
    for (const [id, { live, replay }] of runs)
      if (live.run.state === 'ready' && live.run.by === asked.by && live.run.read.scenario.id === asked.scenario) {
        live.take({ is: 'act', act: 'cancel' })
        if (!replay) runs.delete(id)
      }
    if (request.replay !== undefined) return prepareReplay(read, request, request.replay)
    const wrong = badInput(read, request.inputs)
    if (wrong) return wrong
    const prepared = prepareRun(read, request, view.hallNow(), nameOf(request), records.newest().get(asked.scenario))
    const { run, bindings, obstacles, offers, lanes } = prepared
    if (run.state === 'refused') count.refused++
    const first: Run = lanes ? { ...run, state: 'checking' } : run
    let lane: Parameters<typeof laneSamples>[0] | undefined
    const one = add(
      first,
      () => liveRun(first, bindings, { moreSamples: (is, from, to) => (lane ? laneSamples(lane, is, from, to) : []) }),
      { bindings, obstacles, ...(offers && { offers }) },
    )
    if (lanes) {
      void records.recording(lanes.record).then((found) => {
        lane = found?.recording
        replaceRun(run.id, found ? run : { ...run, state: 'refused', reason: BROKEN_RECORD }, bindings, () => lane)
      })
    }
    log.info(
      { run: run.id, scenario: asked.scenario, by: asked.by, state: one.live.run.state },
      `${run.id}: ${asked.scenario} ${one.live.run.state}`,
    )
    return { ok: true, value: shown(one) }
  }

  /** What was loading is there, or cannot be had. */
  function replaceRun(
    id: string,
    run: Run,
    bindings: OneRun['bindings'],
    lane: () => Parameters<typeof laneSamples>[0] | undefined,
  ): void {
    const before = runs.get(id)
    if (before?.live.run.state !== 'checking') return
    const one = add(
      run,
      () =>
        liveRun(run, bindings, {
          moreSamples: (is, from, to) => {
            const recording = lane()
            return recording ? laneSamples(recording, is, from, to) : []
          },
        }),
      { bindings },
    )
    tell(one)
  }

  function prepareReplay(read: ReadScenario, request: PrepareRequest, id: string): ActResult<RunView> {
    const about = { ...nameOf(request), by: request.by }
    const waiting = newRun(read, [], { ...about, state: 'checking' })
    const none = add(waiting, () => liveRun(waiting, new Map()))
    void records.recording(id).then((found) => {
      if (runs.get(about.id) !== none) return
      if (!found || found.record.scenario !== read.scenario.id) {
        const refused = newRun(read, [], { ...about, state: 'refused', reason: BROKEN_RECORD })
        tell(add(refused, () => liveRun(refused, new Map())))
        return
      }
      const { record, recording } = found
      const first = replayRun(read, record, about)
      const playing = createPlaying(first, recording, {
        now,
        prices: view.prices(read.scenario.id),
        fact: (fact) => catalogue.book.fact(fact, settings().region),
        onChange: (urgent) => changed(about.id, urgent),
        onOver: () => end(about.id),
      })
      const speed = request.inputs?.speed
      if (speed === 1 || speed === 4) playing.speed = speed
      const replay = { record: record.id, recordedAt: record.startedAt, hall: record.hall.name, speed: playing.speed }
      tell(add(first, () => playing, { replay }))
    })
    return { ok: true, value: shown(none) }
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

  const needsPower = (run: Run) =>
    run.startedAt !== undefined && run.slots.some(({ switched, device }) => switched && device !== undefined)

  /** I1, I2 and I10: looked at with every reading. */
  function watchInputs(): void {
    for (const { id, reason, circuit } of view.tripped())
      stopAll(
        reason,
        id,
        (run) => needsPower(run) && (circuit === undefined || run.slots.some((slot) => slot.circuit === circuit)),
      )
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
    if (notOff.has(of.device)) watchWhetherOff(of)
    watchInputs()
    for (const { live } of [...runs.values()]) if (!isOver(live.run)) live.takeReading(of, quantities)
    attraction.takeReading(of, quantities)
  })

  /** Its meter shows that it is off by now. */
  function watchWhetherOff({ device, readings: shown }: DeviceState): void {
    const power = shown.get('activePower')
    if (power?.quality !== 'good' || typeof power.value !== 'number' || power.value > OFF_BELOW_W) return
    notOff.delete(device)
    parts.notOff(device, false)
  }

  const isInUse = (device: string) =>
    [...runs.values()].some(({ live }) => isUnderWay(live.run) && live.run.slots.some((slot) => slot.device === device))

  function forgetOld(): void {
    const over = [...runs].filter(([, { live }]) => isOver(live.run))
    for (const [id, { live }] of over) {
      const since = live.run.endedAt ?? live.run.at
      if (over.length > MOST_KEPT || ('at' in live ? false : now() - since > KEPT_AFTER_END_MS)) {
        runs.delete(id)
        live.close()
        if (over.length > MOST_KEPT) over.pop()
      }
    }
  }

  function tick(): void {
    if (runClock.jumped())
      stopAll(
        {
          code: 'HW_DEMO_CLOCK_JUMPED',
          text: { zh: '网关时钟被调整，已断电', en: 'The clock of the gateway was set.' },
        },
        undefined,
        needsPower,
      )
    watchInputs()
    const monotonic = clock.monotonicMs()
    for (const one of [...runs.values()]) {
      const { run } = one.live
      if (isUnderWay(run)) one.live.tick()
      else if (run.state === 'ready' && now() - run.at > READY_AT_MOST_MS) one.live.take({ is: 'act', act: 'cancel' })
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
      await Promise.all(ending.values())
      return records.list(query)
    },
    async record(id) {
      await ending.get(id)
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
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
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
      await Promise.all(ending.values())
      if (devices.length > 0) await commands.allOff({ by: 'gateway', via: 'demo', reason: '网关停止' }, devices)
    },
  }
}

/** Nothing that heats, draws more than a kilowatt, or stands behind a guard. */
const isForFlows = ({ scenario: { roles, safety } }: ReadScenario): boolean =>
  !safety.guard && Object.values(roles).every(({ switched, hot, ratedW = 0 }) => !switched || (!hot && ratedW <= 1000))

const BROKEN_RECORD: RunReason = {
  code: 'HW_DEMO_RECORD_BROKEN',
  text: { zh: '记录校验不符，不能回放', en: 'The checksum of the record does not fit; it cannot be played.' },
}

/** Wh of everything that was switched. */
function energyOf({ live: { run, situation } }: OneRun): number | undefined {
  const switched = run.slots.filter(({ switched, device }) => switched && device !== undefined)
  const tracks = switched.flatMap(({ key }) => situation.tracks.of(key, 'activePower') ?? [])
  if (tracks.length === 0 || run.startedAt === undefined || run.endedAt === undefined) return undefined
  const { startedAt, endedAt } = run
  return tracks.reduce((sum, track) => sum + runEnergy(powerBetween(track, startedAt, endedAt)).wh, 0)
}
