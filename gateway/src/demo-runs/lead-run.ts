import { isDeepStrictEqual } from 'node:util'
import { readiness } from '../demos/readiness.ts'
import type { Run, RunEvent, Slot } from '../demos/run.ts'
import type { RunView } from '../demos/run-view.ts'
import type { ActResult, Refusal } from '../domain/act-result.ts'
import type { Log } from '../ports/log.ts'
import type { DemoAct, DemoActor, DemoRuns } from './demo-run.ts'
import type { HallView } from './hall-view.ts'
import type { OneRun } from './one-run.ts'
import type { createOpening } from './open-run.ts'
import { refusedText } from './prepare.ts'
import type { Records } from './records.ts'
import { refusal, unknown } from './refusals.ts'
import type { RunBook } from './run-book.ts'
import { headOf } from './write-record.ts'

const ALLOWED: Readonly<Record<DemoAct, readonly Run['state'][]>> = {
  start: ['ready'],
  pause: ['running'],
  resume: ['paused'],
  next: ['running'],
  back: ['running'],
  finish: ['running', 'paused'],
  cancel: ['checking', 'ready', 'offer', 'running', 'paused'],
}

/** What a guide does with the run that she leads; nobody else does. */
export function createLeading(parts: {
  readonly runs: ReadonlyMap<string, OneRun>
  readonly book: RunBook
  readonly view: HallView
  readonly records: Pick<Records, 'begin'>
  readonly badInput: ReturnType<typeof createOpening>['badInput']
  now(): number
  readonly log: Log
}): Pick<DemoRuns, 'act' | 'guess' | 'setInput'> {
  const { runs, view, records, badInput, now, log } = parts
  const { shown, tell, noteMoment } = parts.book

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

  function act(id: string, what: DemoAct, who: DemoActor & { guardConfirmed?: boolean }): ActResult<RunView> {
    const found = find(id, who)
    if (!found.ok) return found
    const { live, replay } = found.value
    const { run } = live
    if (!ALLOWED[what].includes(run.state))
      return refusal('HW_DEMO_WRONG_STATE', `现在是 ${run.state}，不能 ${what}`, `It is ${run.state}.`)
    if (what === 'start' && !replay) {
      const blocked = startRefusal(found.value, who)
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
  function startRefusal(
    { live: { run }, bindings }: OneRun,
    who: DemoActor & { guardConfirmed?: boolean },
  ): Refusal | undefined {
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
    const fresh = readiness(run.read, view.hallNow(), { override: run.override, without })
    const [worst] = fresh.obstacles
    if (worst) return { ok: false, code: worst.reason.code, message: refusedText(worst.reason) }
    // What was looked at just now has to be what will be switched.
    const isLookedAt = ({ key, role }: Slot) =>
      fresh.slots.some(
        (slot) => slot.role === role && isDeepStrictEqual(fresh.bindings.get(slot.key), bindings.get(key)),
      )
    const other = run.slots.find((slot) => slot.device !== undefined && !isLookedAt(slot))
    return other && notAsPrepared(other)
  }

  const notAsPrepared = ({ name }: Slot): Refusal =>
    refusal(
      'HW_DEMO_WRONG_STATE',
      `“${name.zh}”与准备时不同，请重新准备`,
      `${name.en} is another device, or on another circuit, than when it was prepared: prepare it again.`,
    )

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

  return { act, guess: (id, option, by) => change(id, { is: 'guess', option, change: by }), setInput }
}
