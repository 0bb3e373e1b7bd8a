import type { OrderEvent, OrderState } from './work-order.ts'

type EventType = OrderEvent['type']

/**
 * The repair life cycle: what each happening makes of an order. A happening that is not in the row is kept in the history and
 * moves nothing. `before` is the state the side state was entered from; 设备自检中 after 工作结束 goes back to 已接单.
 * 重开 is an order of its own that names the one it reopens.
 */
export const NEXT = {
  pending: {
    dispatched: 'dispatched',
    accepted: 'accepted',
    verificationStarted: 'verifying',
    closed: 'closed',
  },
  dispatched: {
    dispatched: 'dispatched',
    handedOver: 'dispatched',
    accepted: 'accepted',
    returned: 'returned',
    verificationStarted: 'verifying',
    closed: 'closed',
  },
  accepted: {
    arrived: 'onSite',
    finished: 'finished',
    handedOver: 'dispatched',
    suspended: 'suspended',
    returned: 'returned',
    closed: 'closed',
  },
  onSite: {
    finished: 'finished',
    handedOver: 'dispatched',
    suspended: 'suspended',
    returned: 'returned',
    closed: 'closed',
  },
  finished: { verificationStarted: 'verifying', closed: 'closed' },
  verifying: { verificationPassed: 'awaitingFeedback', verificationFailed: 'before', closed: 'closed' },
  awaitingFeedback: { verificationFailed: 'accepted', closed: 'closed' },
  closed: {},
  suspended: { resumed: 'before', handedOver: 'dispatched', returned: 'returned', closed: 'closed' },
  returned: {
    dispatched: 'dispatched',
    accepted: 'accepted',
    verificationStarted: 'verifying',
    closed: 'closed',
  },
} as const satisfies Record<OrderState, Partial<Record<EventType, OrderState | 'before'>>>

/** Whether `type` may happen to an order in this state and move it. */
export const mayMove = (state: OrderState, type: EventType): boolean => Object.hasOwn(NEXT[state], type)
