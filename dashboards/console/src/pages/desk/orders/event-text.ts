import type { Shape } from '../../../api/client.ts'
import { ordersWords as t } from './orders-words.ts'

type Event = Shape<'WorkOrderDetail'>['events'][number]

const REASONS = ['parts', 'vendor', 'other'] as const

/** What happened to an order, in words; the type itself for one that this page does not know. */
export function eventText(event: Event, personName: (id: string) => string): string {
  const text = (name: string) => (typeof event[name] === 'string' ? String(event[name]) : '')
  const who = personName(text('to'))
  const clock = (['acknowledge', 'arrive', 'finish'] as const).find((each) => each === text('clock'))
  const clockName = clock ? t(clock) : ''
  const reason = REASONS.find((each) => each === text('reason'))
  switch (event.type) {
    case 'created':
      return t('created')
    case 'dispatched':
      return t('dispatchedTo', { who })
    case 'accepted':
      return t('acceptedBy')
    case 'handedOver':
      return t('handedOver', { who, why: text('reason') })
    case 'arrived':
      return t('arrived')
    case 'finished':
      return t('finished', { why: text('remark') })
    case 'verificationStarted':
      return t('verificationStarted')
    case 'verificationPassed':
      return t('verificationPassed')
    case 'verificationFailed':
      return t('verificationFailed', { why: text('reason') })
    case 'feedback':
      return t(event.satisfied === true ? 'feedbackGood' : 'feedbackBad', { why: text('remark') })
    case 'closed':
      return text('override') ? t('overridden', { why: text('override') }) : t('closedEvent')
    case 'suspended':
      return t('suspendedFor', { why: `${reason ? t(reason) : text('reason')} ${text('remark')}`.trim() })
    case 'resumed':
      return t('resumed')
    case 'returned':
      return t('returned', { why: text('reason') })
    case 'alarmJoined':
      return t('alarmJoined', { alarm: text('alarm') })
    case 'alarmCleared':
      return t('alarmCleared', { alarm: text('alarm') })
    case 'alarmReturned':
      return t('alarmReturned', { alarm: text('alarm') })
    case 'urged':
      return t('urged', { percent: Number(event.percent), clock: clockName })
    case 'escalated':
      return t('escalated', { who, clock: clockName })
    case 'noted':
      return t('noted', { why: text('text') })
    default:
      return event.type
  }
}
