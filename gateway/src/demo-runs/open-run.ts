import { newRun } from '../demos/new-run.ts'
import type { ReadScenario } from '../demos/read-scenarios.ts'
import type { Run, RunReason } from '../demos/run.ts'
import type { RunView } from '../demos/run-view.ts'
import type { ActResult, Refusal } from '../domain/act-result.ts'
import { entriesOf, playedIn } from './catalogue.ts'
import type { PrepareRequest } from './demo-run.ts'
import type { DemoRunsParts } from './demo-runs-parts.ts'
import type { HallView } from './hall-view.ts'
import type { LastOff } from './last-off.ts'
import { createLiveRun, type LiveRun } from './live-run.ts'
import type { OneRun } from './one-run.ts'
import type { Past } from './past.ts'
import { createPlaying } from './playing.ts'
import { prepareRun } from './prepare.ts'
import { refusal, unknown } from './refusals.ts'
import { laneSamples, replayRun } from './replay.ts'
import type { RunBook } from './run-book.ts'

/** From a wish to a run: live, rehearsed, replayed, or with a replayed lane beside live ones. */
export function createOpening(
  parts: Pick<
    DemoRunsParts,
    'hall' | 'catalogue' | 'records' | 'readings' | 'commands' | 'notOff' | 'clock' | 'log'
  > & {
    readonly runs: Map<string, OneRun>
    readonly book: RunBook
    readonly view: HallView
    readonly lastOff: LastOff
    readonly past: Past
    /** Devices for which 负载未断开 holds. */
    readonly notOffNow: Set<string>
    readonly count: { refused: number }
    end(id: string): void
    now(): number
  },
) {
  const {
    hall,
    catalogue,
    records,
    commands,
    clock,
    log,
    runs,
    book,
    view,
    lastOff,
    past,
    notOffNow: notOff,
    count,
    end,
    now,
  } = parts
  const { shown, tell, changed, add } = book
  const settings = () => hall().hall.demos
  const state = (device: string) => parts.readings.device(device)

  function liveRun(
    first: Run,
    bindings: OneRun['bindings'],
    more: Partial<Parameters<typeof createLiveRun>[2]> = {},
  ): LiveRun {
    const { id } = first
    return createLiveRun(first, bindings, {
      commands,
      clock,
      now,
      state,
      device: view.known,
      lastOff,
      prices: view.prices(first.read.scenario.id),
      fact: (fact) => catalogue.book.fact(fact, settings().region),
      open: view.open,
      staleMs: settings().staleS * 1000,
      circuits: view.circuitLoads,
      past,
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

  const listOf = ({ playlist }: PrepareRequest) => catalogue.playlists.find(({ id }) => id === playlist?.id)

  function nameOf(request: PrepareRequest): Pick<Run, 'id' | 'screen' | 'at'> & Pick<Partial<Run>, 'playlist'> {
    const list = listOf(request)
    return {
      id: records.nextId(),
      screen: request.screen ?? settings().screens[0]?.id ?? 'main',
      at: now(),
      ...(request.playlist && {
        playlist: { ...request.playlist, of: list ? entriesOf(list, catalogue, records.newest()).length : 1 },
      }),
    }
  }

  /** The inputs of the playlist’s entry come first, then what was asked for. */
  function withInputs(request: PrepareRequest): PrepareRequest {
    const { playlist, inputs } = request
    const list = listOf(request)
    const entry = list && entriesOf(list, catalogue, records.newest())[playlist?.index ?? -1]
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
    const isAlone = listOf(asked)?.loop === true
    // Whoever asks again has changed their mind.
    for (const [id, { live, replay }] of runs)
      if (live.run.state === 'ready' && live.run.by === asked.by && live.run.read.scenario.id === asked.scenario) {
        live.take({ is: 'act', act: 'cancel' })
        if (!replay) runs.delete(id)
      }
    if (request.replay !== undefined) return prepareReplay(read, request, request.replay)
    if (isAlone && !read.scenario.unattended && !request.rehearsal) {
      const record = records.newest().get(asked.scenario)
      return record
        ? prepareReplay(read, request, record.id)
        : refusal(
            'HW_DEMO_NO_RECORD',
            '无人值守只放实录，还没有实录',
            'Without a guide it is only replayed, and there is no record.',
          )
    }
    const wrong = badInput(read, request.inputs)
    if (wrong) return wrong
    const prepared = prepareRun(
      read,
      { ...request, attended: !isAlone },
      view.hallNow(),
      nameOf(request),
      records.newest().get(asked.scenario),
    )
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
      void found(lanes.record).then((found) => {
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

  /** A record that cannot be read is as good as none. */
  const found = (id: string) => records.recording(id).catch(() => undefined)

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
    void found(id).then((found) => {
      if (runs.get(about.id) !== none || none.live.run.state !== 'checking') return
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

  return { prepare, badInput }
}

/** Nothing that heats, draws more than a kilowatt, or stands behind a guard. */
const isForFlows = ({ scenario: { roles, safety } }: ReadScenario): boolean =>
  !safety.guard && Object.values(roles).every(({ switched, hot, ratedW = 0 }) => !switched || (!hot && ratedW <= 1000))

const BROKEN_RECORD: RunReason = {
  code: 'HW_DEMO_RECORD_BROKEN',
  text: { zh: '记录校验不符，不能回放', en: 'The checksum of the record does not fit; it cannot be played.' },
}
