import type { Shape } from '../../../api/client.ts'
import { orderWords as t } from './order-words.ts'

export type OrderDetail = Shape<'WorkOrderDetail'>
export type OrderEvent = OrderDetail['events'][number]

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

/** When it happened: when the person did it, else when the gateway heard of it. */
export const happenedAt = (event: OrderEvent): number => number(event.doneAt) ?? event.at

export const lastOf = (order: OrderDetail, type: string): OrderEvent | undefined => {
  const found = order.events.filter((event) => event.type === type)
  return found[found.length - 1]
}

const WAITING = { parts: 'forParts', vendor: 'forVendor', other: 'forOther' } as const
const waitingFor = (reason: unknown) => t(WAITING[text(reason) as keyof typeof WAITING] ?? 'forOther')

/** What a line of the history says. */
export function eventText(event: OrderEvent, nameOf: (person: string) => string): string {
  const reason = text(event.reason)
  const remark = text(event.remark)
  const to = nameOf(text(event.to))
  const alarm = text(event.alarm)
  switch (event.type) {
    case 'created':
      return event.source === 'telemetry' ? t('eventCreated') : t('eventReported', { text: text(event.text) })
    case 'dispatched':
      return t('eventDispatched', { to })
    case 'handedOver':
      return t('eventHandedOver', { to, reason })
    case 'accepted':
      return t('accept')
    case 'arrived':
      return t('arrive')
    case 'finished':
      return [t('finish'), event.noFault === true ? t('noFault') : '', remark].filter((part) => part !== '').join(' · ')
    case 'verificationStarted':
      return t('eventVerificationStarted')
    case 'verificationPassed':
      return t('eventVerificationPassed')
    case 'verificationFailed':
      return t('eventVerificationFailed', { reason })
    case 'feedback':
      return t(event.satisfied === true ? 'eventSatisfied' : 'eventUnsatisfied', { remark })
    case 'closed':
      return event.override === undefined ? t('closed') : t('closedByName', { reason: text(event.override) })
    case 'suspended':
      return t('eventSuspended', { reason: waitingFor(event.reason), remark })
    case 'resumed':
      return t('eventResumed')
    case 'returned':
      return t('eventReturned', { reason })
    case 'alarmJoined':
      return t('eventAlarmJoined', { alarm })
    case 'alarmCleared':
      return t('eventAlarmCleared', { alarm })
    case 'alarmReturned':
      return t('eventAlarmReturned', { alarm })
    case 'urged':
      return t('eventUrged', { percent: number(event.percent) ?? '' })
    case 'escalated':
      return t('eventEscalated')
    case 'noted':
      return t('eventNoted', { text: text(event.text) })
    default:
      return event.type
  }
}
