import type { Shape } from '../../../api/client.ts'
import { shortTime } from '../../../format/time.ts'
import { alarmsWords as t } from './alarms-words.ts'

type Alarm = Shape<'Alarm'>
type Transition = Shape<'AlarmDetail'>['transitions'][number]

/** Everything that keeps an alarm quiet or makes it special, in words. */
export function remarksOf({ shelved, suppressed, latched, flapping, condition, state }: Alarm, now: number): string[] {
  const remarks: string[] = []
  if (shelved)
    remarks.push(t('shelvedUntil', { time: shortTime(shelved.until, now), who: shelved.by, why: shelved.reason }))
  if (suppressed?.by === 'parent') remarks.push(t('byParent', { alarm: suppressed.alarm ?? '' }))
  if (suppressed?.by === 'hall-closed') remarks.push(t('byHallClosed'))
  if (suppressed?.by === 'maintenance') remarks.push(t('byMaintenance'))
  if (suppressed?.by === 'out-of-service') remarks.push(t('byOutOfService'))
  if (latched && state !== 'normal') remarks.push(t('latched'))
  if (flapping) remarks.push(t('flapping'))
  if (condition === 'unknown') remarks.push(t('conditionUnknown'))
  return remarks
}

const CAUSES = {
  raised: 'raised',
  cleared: 'clearedCause',
  unknown: 'unknown',
  confirmed: 'confirmed',
  acknowledged: 'acknowledgedCause',
  'latch-released': 'latchReleased',
  shelved: 'shelved',
  unshelved: 'unshelved',
  suppressed: 'suppressed',
  unsuppressed: 'unsuppressed',
  flapping: 'flappingCause',
  settled: 'settled',
} as const

/** What happened to an alarm, in words; the cause itself for one that this page does not know. */
export function causeText({ cause, priority }: Transition): string {
  if (cause === 'priority-changed') return t('priorityChanged', { priority })
  return cause in CAUSES ? t(CAUSES[cause as keyof typeof CAUSES]) : cause
}

/** Somebody may take it up. */
export const canAcknowledge = ({ state }: Alarm): boolean =>
  state === 'unacknowledged' || state === 'returnedUnacknowledged'
