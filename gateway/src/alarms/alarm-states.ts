import type { Alarm, AlarmState } from './alarm.ts'

/** What moves an alarm. Shelving, suppression and the rest are flags: they choose the event, never the state. */
export const ALARM_EVENTS = {
  raised: { zh: '故障出现', en: 'the condition holds' },
  cleared: { zh: '故障消失', en: 'the condition is gone, seen in good evidence' },
  clearedUnseen: { zh: '故障消失，未曾通知', en: 'gone before anybody was called: suppressed or shelved' },
  clearedLatched: { zh: '故障消失，须人工核查', en: 'gone, but a person has to have looked' },
  acknowledged: { zh: '确认', en: 'a person takes it' },
  acknowledgedLatched: { zh: '确认（须人工核查）', en: 'a person takes it; the latch holds' },
  releasedPresent: { zh: '解除锁存，故障仍在', en: 'a person has looked, the condition still holds' },
  releasedCleared: { zh: '解除锁存，故障已消失', en: 'a person has looked, the condition is gone' },
  expired: { zh: '超时归档', en: 'gone for a day and nobody took it' },
} as const satisfies Record<string, { zh: string; en: string }>

export type AlarmEvent = keyof typeof ALARM_EVENTS

/** ISA-18.2 / IEC 62682. An event that is not in the row of a state changes nothing. There is no event for a lost link. */
export const NEXT: Readonly<Record<AlarmState, Partial<Record<AlarmEvent, AlarmState>>>> = {
  normal: { raised: 'unacknowledged' },
  unacknowledged: {
    acknowledged: 'acknowledged',
    cleared: 'returnedUnacknowledged',
    clearedUnseen: 'normal',
    clearedLatched: 'returnedUnacknowledged',
    releasedPresent: 'acknowledged',
  },
  acknowledged: {
    // Only a latched alarm is still here when its condition comes back: it calls anew.
    raised: 'unacknowledged',
    cleared: 'normal',
    clearedUnseen: 'normal',
    clearedLatched: 'acknowledged',
    releasedPresent: 'acknowledged',
    releasedCleared: 'normal',
  },
  returnedUnacknowledged: {
    raised: 'unacknowledged',
    acknowledged: 'normal',
    acknowledgedLatched: 'acknowledged',
    releasedCleared: 'normal',
    expired: 'normal',
  },
}

/** The event that a cleared condition is for this alarm, by its flags. */
export function clearingOf(alarm: Alarm): AlarmEvent {
  const by = alarm.suppressed?.by
  // Whoever works on the device knows: a cash box out during a repair is put back and done.
  if (by === 'out-of-service' || by === 'maintenance') return 'clearedUnseen'
  if (alarm.latched) return 'clearedLatched'
  return alarm.suppressed || alarm.shelved ? 'clearedUnseen' : 'cleared'
}
