import type { ActResult, Refusal } from '../domain/act-result.ts'
import type { ErrorCode } from '../domain/error-codes.ts'
import type { Alarm, AlarmAct, AlarmCause } from './alarm.ts'
import { type AlarmEvent, NEXT } from './alarm-states.ts'

/** What an act makes of an alarm. */
export interface Acted {
  readonly alarm: Alarm
  readonly cause: AlarmCause
  readonly reason?: string
}

/**
 * Decides what a person's act does to an open alarm, before its sequence grows. What comes too late is refused and changes nothing.
 * @param shelveMax ms
 */
export function actOn(alarm: Alarm, act: AlarmAct, now: number, shelveMax: number): ActResult<Acted> {
  switch (act.act) {
    case 'acknowledge':
      return acknowledge(alarm, act.by, now)
    case 'shelve':
      return shelve(alarm, act, now, shelveMax)
    case 'unshelve': {
      if (!alarm.shelved) return refuse('HW_ALARM_CONFLICT', `${alarm.id} 没有被搁置。It is not shelved.`)
      const { shelved: _, ...rest } = alarm
      return done(rest, 'unshelved')
    }
    case 'release-latch':
      return release(alarm, act, now)
  }
}

function acknowledge(alarm: Alarm, by: string, now: number): ActResult<Acted> {
  const latched = alarm.latched && alarm.condition === 'cleared'
  const next = after(
    alarm,
    latched && alarm.state === 'returnedUnacknowledged' ? 'acknowledgedLatched' : 'acknowledged',
  )
  if (!next) {
    const who = alarm.acknowledged?.by ?? '—'
    return refuse('HW_ALARM_CONFLICT', `${alarm.id} 已由 ${who} 确认。It is already acknowledged by ${who}.`)
  }
  return done({ ...alarm, state: next, acknowledged: { at: now, by } }, 'acknowledged')
}

function shelve(
  alarm: Alarm,
  { by, minutes, reason }: Extract<AlarmAct, { act: 'shelve' }>,
  now: number,
  longest: number,
): ActResult<Acted> {
  if (reason.trim() === '') return refuse('HW_ALARM_INVALID', '搁置必须写明原因。Shelving needs a reason.')
  if (!(minutes >= 1 && minutes * 60_000 <= longest)) {
    return refuse('HW_ALARM_INVALID', '搁置时间为1分钟至24小时。Shelve for 1 minute to 24 hours.')
  }
  if (alarm.condition === 'cleared') {
    return refuse(
      'HW_ALARM_CONFLICT',
      `${alarm.id} 的故障已消失，无需搁置。Its condition is gone; there is nothing to shelve.`,
    )
  }
  return done(
    { ...alarm, shelved: { until: now + minutes * 60_000, by, reason: reason.trim() } },
    'shelved',
    reason.trim(),
  )
}

function release(
  alarm: Alarm,
  { by, reason }: Extract<AlarmAct, { act: 'release-latch' }>,
  now: number,
): ActResult<Acted> {
  if (reason.trim() === '') {
    return refuse('HW_ALARM_INVALID', '解除锁存必须写明核查结果。Say what you found when you looked.')
  }
  if (!alarm.latched) return refuse('HW_ALARM_CONFLICT', `${alarm.id} 没有锁存。It is not latched.`)
  const state = after(alarm, alarm.condition === 'cleared' ? 'releasedCleared' : 'releasedPresent') ?? alarm.state
  const acknowledged = alarm.acknowledged ?? { at: now, by }
  return done({ ...alarm, state, latched: false, acknowledged }, 'latch-released', reason.trim())
}

const after = (alarm: Alarm, event: AlarmEvent) => NEXT[alarm.state][event]

const done = (alarm: Alarm, cause: AlarmCause, reason?: string): ActResult<Acted> => ({
  ok: true,
  value: { alarm, cause, ...(reason !== undefined && { reason }) },
})

export const refuse = (code: ErrorCode, message: string): Refusal => ({ ok: false, code, message })
