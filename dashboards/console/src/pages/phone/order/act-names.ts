import type { OrderAct } from '../../../offline/queue-rules.ts'
import { orderWords as t } from './order-words.ts'

const NAMES = {
  accept: 'accept',
  arrive: 'arrive',
  finish: 'finish',
  suspend: 'suspend',
  resume: 'resume',
  return: 'giveBack',
  note: 'note',
  feedback: 'feedback',
  dispatch: 'dispatch',
  'hand-over': 'handOver',
  'override-close': 'overrideClose',
} as const satisfies Record<OrderAct, string>

/** 已到现场, as the person calls it. */
export const actName = (act: OrderAct): string => t(NAMES[act])
